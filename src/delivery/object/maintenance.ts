import { openDatabase, type Database } from "../../db/client";
import { DAY, HOUR, MINUTE } from "../../lib/time";
import { nudgesOn } from "../../queues/senders";
import type { EndpointConfig, HealthReport } from "../contract";
import { disableEndpoint, tellEndpointEvent } from "../health/disable";
import { readEndpoint } from "../endpoints";
import { applyRetention, dropTell, hasClosed, readTells, type Tell } from "./storage";
import { endpointObjects } from "./client";
import { objectsOf } from "../shards";
import { writeHealth } from "../health/write";

const REPORT_EVERY = MINUTE;
const RETENTION_EVERY = HOUR;
const TELLS_AT_ONCE = 50;
/** What is left over waits so long. */
const SOON = MINUTE;

export type Maintenance = {
  /**
   * Tells the database what others are to hear of this endpoint, reports how it is doing, and clears out what has aged.
   * Gives the endpoint's newer configuration when it was disabled, and when to come again, in milliseconds; null when
   * nothing is left to do. Throws when the database does: everything is still there for the next time.
   */
  run(
    config: EndpointConfig,
    health: () => HealthReport,
    reported: (hours: HealthReport["hours"]) => void,
    now: number,
  ): Promise<{ newer?: EndpointConfig; nextAt: number | null }>;
};

type Bindings = Parameters<typeof nudgesOn>[0] & {
  DB: D1Database;
  ENDPOINTS: Parameters<typeof endpointObjects>[0];
};

export function newMaintenance(sql: SqlStorage, env: Bindings): Maintenance {
  let reportedAt = 0;
  let retainedAt = 0;
  let running = false;

  const work: Maintenance["run"] = async (config, health, reported, now) => {
    const db = openDatabase(env.DB);
    const newer = await flushTells(sql, db, env, config);
    const due: number[] = [];
    const report = health();
    if (report.hours.length > 0 && now - reportedAt < REPORT_EVERY) {
      // An endpoint that falls idle now would be shown for ever as it stood before.
      due.push(reportedAt + REPORT_EVERY);
    } else if (report.hours.length > 0) {
      await writeHealth(db, config, report, now);
      reportedAt = now;
      reported(report.hours);
    }
    if (readTells(sql, 1).length > 0) due.push(now + SOON);
    const { keepPayloads: payloads, keepResponses: responses } = config.settings;
    if (now - retainedAt >= RETENTION_EVERY) {
      if (applyRetention(sql, { payloads, responses }, now)) due.push(now + SOON);
      else retainedAt = now;
    }
    // What an idle endpoint keeps ages all the same.
    if (hasClosed(sql)) due.push(now + pace(payloads, responses));
    return { ...(newer && { newer }), nextAt: due.length > 0 ? Math.min(...due) : null };
  };

  return {
    run: async (...given) => {
      // One at a time, or two would tell the same thing twice.
      if (running) return { nextAt: Date.now() + SOON };
      running = true;
      try {
        return await work(...given);
      } finally {
        running = false;
      }
    },
  };
}

/** How often an object that has nothing else to do looks for what has aged: as often as its shortest clock asks. */
function pace(...keeps: (number | undefined)[]): number {
  return Math.max(RETENTION_EVERY, Math.min(DAY, ...keeps.map((keep) => keep ?? DAY)));
}

/** Each tell leaves this object only once the database has it: told twice at worst, and the database takes it once. */
async function flushTells(
  sql: SqlStorage,
  db: Database,
  env: Bindings,
  config: EndpointConfig,
): Promise<EndpointConfig | undefined> {
  const tells = readTells(sql, TELLS_AT_ONCE);
  if (tells.length === 0) return undefined;
  let newer: EndpointConfig | undefined;
  for (const { id, tell } of tells) {
    newer = (await write(db, env, config, tell)) ?? newer;
    dropTell(sql, id);
  }
  await nudgesOn(env).events([{ organizationId: config.organizationId, stream: config.id }]);
  return newer;
}

async function write(
  db: Database,
  env: Bindings,
  config: EndpointConfig,
  tell: Tell,
): Promise<EndpointConfig | undefined> {
  const endpoint = { organizationId: config.organizationId, endpointId: config.id };
  if (tell.kind === "disabled") {
    const newer = await disableEndpoint(db, endpoint, tell.reason, tell.at);
    // No event will carry it to the endpoint's other objects: an inactive endpoint is handed none.
    const row = await readEndpoint(db, { organizationId: config.organizationId, id: config.id });
    if (row.ok && objectsOf(row.value).length > 1) await endpointObjects(env.ENDPOINTS).configure(row.value);
    return newer;
  }
  await tellEndpointEvent(db, endpoint, tell);
  return undefined;
}
