import type { Database } from "../../db/client";
import { openBothHomes } from "../../db/homes";
import { DAY, HOUR, MINUTE, SECOND } from "../../lib/time";
import { nudgesOn } from "../../queues/senders";
import type { EndpointConfig, HealthReport } from "../contract";
import { disableEndpoint, recordEndpointNotice } from "../health/disable";
import { readEndpoint } from "../endpoints";
import { applyRetention, dropPendingNotice, hasClosed, readPendingNotices, type PendingNotice } from "./storage";
import { endpointObjects } from "./client";
import { objectsOf } from "../shards";
import { writeHealth } from "../health/write";

const REPORT_EVERY = MINUTE;
/**
 * An object without work leaves memory after ten seconds, and its counters with it, so it reports before that.
 * Source: developers.cloudflare.com/durable-objects/concepts/durable-object-lifecycle
 */
const QUIET = 7 * SECOND;
const RETENTION_EVERY = HOUR;
const NOTICES_AT_ONCE = 50;
/** The wait before a run that continues unfinished work. */
const SOON = MINUTE;

export type Maintenance = {
  /**
   * Records pending notices in the database, reports health, and deletes data past its retention. Gives the endpoint's
   * newer configuration when it was disabled, and the time of the next run in milliseconds, null when nothing is left
   * to do. Throws when the database fails: nothing is lost, and the next run does it.
   */
  run(
    config: EndpointConfig,
    health: () => HealthReport,
    reported: (report: HealthReport) => void,
    now: number,
  ): Promise<{ newer?: EndpointConfig; nextAt: number | null }>;
};

type Bindings = Parameters<typeof nudgesOn>[0] & {
  DB: D1Database;
  ENDPOINTS: Parameters<typeof endpointObjects>[0];
};

export function newMaintenance(storage: DurableObjectStorage, env: Bindings): Maintenance {
  const { sql } = storage;
  let reportedAt = 0;
  let retainedAt = 0;
  let running = false;

  const work: Maintenance["run"] = async (config, health, reported, now) => {
    const db = openBothHomes(env);
    const newer = await flushNotices(sql, db, env, config);
    const due: number[] = [];
    const report = health();
    const reportAt = Math.min(reportedAt + REPORT_EVERY, lastAttemptOf(report) + QUIET);
    if (report.hours.length > 0 && now < reportAt) {
      // Without a later report, an endpoint that falls idle now would show outdated health for ever.
      due.push(reportAt);
    } else if (report.hours.length > 0) {
      await writeHealth(db, config, report, now);
      reportedAt = now;
      reported(report);
    }
    if (readPendingNotices(sql, 1).length > 0) due.push(now + SOON);
    const { keepPayloads: payloads, keepResponses: responses } = config.settings;
    if (now - retainedAt >= RETENTION_EVERY) {
      if (applyRetention(storage, { payloads, responses }, now)) due.push(now + SOON);
      else retainedAt = now;
    }
    // Data of an idle endpoint also reaches its retention.
    if (hasClosed(sql)) due.push(now + pace(payloads, responses));
    return { ...(newer && { newer }), nextAt: due.length > 0 ? Math.min(...due) : null };
  };

  return {
    run: async (...given) => {
      // One run at a time: two at once would record each notice twice.
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

function lastAttemptOf({ lastSuccessAt, lastFailureAt }: HealthReport): number {
  return Math.max(lastSuccessAt ?? 0, lastFailureAt ?? 0);
}

/**
 * How often an otherwise idle object applies retention: as often as the shortest period needs, at most once an hour.
 */
function pace(...keeps: (number | undefined)[]): number {
  return Math.max(RETENTION_EVERY, Math.min(DAY, ...keeps.map((keep) => keep ?? DAY)));
}

/** A notice is deleted here only after the database has it. It may be sent twice; the database records it once. */
async function flushNotices(
  sql: SqlStorage,
  db: Database,
  env: Bindings,
  config: EndpointConfig,
): Promise<EndpointConfig | undefined> {
  const notices = readPendingNotices(sql, NOTICES_AT_ONCE);
  if (notices.length === 0) return undefined;
  let newer: EndpointConfig | undefined;
  for (const { id, notice } of notices) {
    newer = (await write(db, env, config, notice)) ?? newer;
    dropPendingNotice(sql, id);
  }
  await nudgesOn(env).events([{ organizationId: config.organizationId, stream: config.id }]);
  return newer;
}

async function write(
  db: Database,
  env: Bindings,
  config: EndpointConfig,
  notice: PendingNotice,
): Promise<EndpointConfig | undefined> {
  const endpoint = { organizationId: config.organizationId, endpointId: config.id };
  if (notice.kind === "disabled") {
    const newer = await disableEndpoint(db, endpoint, notice.reason, notice.at);
    // The endpoint's other objects do not learn of this from an event, because an inactive endpoint gets none.
    const row = await readEndpoint(db, { organizationId: config.organizationId, id: config.id });
    if (row.ok && objectsOf(row.value).length > 1) await endpointObjects(env.ENDPOINTS).configure(row.value);
    return newer;
  }
  await recordEndpointNotice(db, endpoint, notice);
  return undefined;
}
