import { sql } from "drizzle-orm";
import type { Database } from "../db/client";
import { apiHours } from "../db/schema";
import { HOUR, SECOND } from "../lib/time";

type Counts = { requests: number; limited: number; failed: number; lastAt: number };

/** Requests of one organization in one hour, by how they were answered. */
export type CountedRequests = Counts & { organizationId: string; hour: number };

/** An isolate writes what it counted at most so often. */
const BETWEEN_WRITES = 15 * SECOND;

/** Counts requests in one isolate. What it has not given yet is lost with it. */
export class RequestCounter {
  #counts = new Map<string, CountedRequests>();
  #since: number | undefined;

  /** Counts a request by the status of its answer. Gives what is to be written, where that is due. */
  note(organizationId: string, status: number, now: number): CountedRequests[] {
    const hour = Math.floor(now / HOUR) * HOUR;
    const key = `${organizationId} ${hour}`;
    const known = this.#counts.get(key) ?? { organizationId, hour, requests: 0, limited: 0, failed: 0, lastAt: 0 };
    this.#counts.set(key, {
      ...known,
      requests: known.requests + 1,
      limited: known.limited + (status === 429 ? 1 : 0),
      failed: known.failed + (status >= 500 ? 1 : 0),
      lastAt: Math.max(known.lastAt, now),
    });
    this.#since ??= now;
    if (now - this.#since < BETWEEN_WRITES) return [];
    const due = [...this.#counts.values()];
    this.#counts = new Map();
    this.#since = undefined;
    return due;
  }
}

/** Adds what an isolate counted. */
export async function addRequests(db: Database, counted: readonly CountedRequests[]): Promise<void> {
  await db.run(sql`
    INSERT INTO ${apiHours} (organization_id, hour, requests, limited, failed, last_at)
    SELECT value ->> 'organizationId', value ->> 'hour', value ->> 'requests', value ->> 'limited', value ->> 'failed',
      value ->> 'lastAt'
    FROM json_each(${JSON.stringify(counted)}) WHERE true
    ON CONFLICT (organization_id, hour) DO UPDATE SET requests = requests + excluded.requests,
      limited = limited + excluded.limited, failed = failed + excluded.failed,
      last_at = max(last_at, excluded.last_at)`);
}
