import { sql, type SQL } from "drizzle-orm";
import type { Database, Statement } from "../../db/client";
import { callLookups } from "../../db/schema";
import { DAY, SECOND } from "../../lib/time";

/** Platforms write a call's record some seconds after its last notice. */
const FIRST_DELAY = 10 * SECOND;

/** A statement that asks for a call to be looked up, where `guard` holds; one that is asked for already changes nothing. */
export function requestLookUp(
  db: Database,
  call: { id: string; organizationId: string; sourceId: string; externalId: string },
  guard: SQL,
  now: number,
): Statement {
  return db.run(sql`
    INSERT INTO ${callLookups} (call_id, organization_id, source_id, external_id, due_at, attempts, lease_until, give_up_at)
    SELECT ${call.id}, ${call.organizationId}, ${call.sourceId}, ${call.externalId}, ${now + FIRST_DELAY}, 0, 0, ${now + DAY}
    WHERE ${guard}
    ON CONFLICT (call_id) DO NOTHING`);
}
