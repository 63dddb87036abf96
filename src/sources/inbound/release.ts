import { sql } from "drizzle-orm";
import { type calls, inbound } from "../../db/schema";
import type { Database, Statement } from "../../db/client";

/**
 * Statement that marks the requests of calls that leave quarantine as accepted, guarded by the call version that leaves
 * it. One statement for all of them, because finding the requests reads all waiting ones of the organization.
 */
export function acceptReleased(
  db: Database,
  released: readonly Pick<typeof calls.$inferSelect, "id" | "organizationId" | "writer">[],
): Statement[] {
  if (released.length === 0) return [];
  const organizations = JSON.stringify([...new Set(released.map((call) => call.organizationId))]);
  const versions = JSON.stringify(released.map((call) => [call.id, call.writer]));
  return [
    // The first literal is the partial index's own condition; SQLite would prefer the table's key without it.
    db.run(sql`UPDATE ${inbound} INDEXED BY inbound_exceptions SET outcome = 'accepted', reason = NULL
      WHERE outcome <> 'accepted' AND outcome = 'quarantined'
        AND organization_id IN (SELECT value FROM json_each(${organizations}))
        AND call_id IN (SELECT seen.id FROM json_each(${versions}) AS given
          JOIN calls AS seen ON seen.id = given.value ->> 0 AND seen.writer = given.value ->> 1)`),
  ];
}
