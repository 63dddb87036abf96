import { sql, type SQL } from "drizzle-orm";
import { runBatch, type Database } from "../db/client";
import { auditLog, memberships, signInAttempts, users } from "../db/schema";
import { networkOf } from "../lib/ip-address";
import { HOUR } from "../lib/time";
import { entryIdAt, newEntryId } from "./audit-id";
import type { RecordedAction } from "../lib/recorded-actions";
import { countStatement } from "./people/sign-in-attempts";

/** Somebody who did not prove who they are: whoever they were, no id is theirs. */
export const UNKNOWN_ACTOR = "unknown";

/**
 * A proof that was refused: at a sign-in, by nobody who is known yet, or at a confirmation, by the person of the session.
 * `tried`: whose account it was for; undefined where nothing says whose.
 */
export type FailedProof = {
  at: "sign_in" | "confirmation";
  reason: "wrong_password" | "wrong_code" | "refused_passkey" | "too_many";
  tried: { email: string } | { userId: string } | undefined;
  address: string | null;
};

/** Entries for an account and reason in a quarter of an hour; "too many" is one fact. */
const MOST = { wrong_password: 10, wrong_code: 10, refused_passkey: 10, too_many: 1 } as const;
/** Entries of an organization in an hour, whoever was tried: the log is never cleared. */
const MOST_OF_ORGANIZATION = 100;

/**
 * Records a refused proof in the audit log of each organization that the tried person is a member of, and in the log of
 * the deployment. For an address without an account the same is counted and asked, so that neither answer nor time
 * differ. Beyond the limits nothing more is recorded until they are over.
 */
export async function recordFailedProof(db: Database, failed: FailedProof, now: number): Promise<void> {
  const { at, reason, tried, address } = failed;
  const name = `${reason} at ${at} ${accountOf(failed)}`;
  const most = MOST[reason];
  const [counted] = await runBatch(db, [
    countStatement(db, [name], now),
    ...(tried
      ? [entries(db, failed, sql`(SELECT count FROM ${signInAttempts} WHERE name = ${name}) <= ${most}`, now)]
      : []),
  ]);
  const [row] = (counted?.results ?? []) as { count: number }[];
  if (row && row.count <= most) console.warn(JSON.stringify({ event: `${at}.failed`, reason, address }));
}

/** An entry in each organization of the person, if there is such a person. */
function entries(db: Database, { at, reason, tried, address }: FailedProof, within: SQL, now: number) {
  const action: RecordedAction = `${at}.failed`;
  const person = tried && "email" in tried ? sql`users.email = ${tried.email}` : sql`users.id = ${tried?.userId ?? ""}`;
  return db.run(sql`
    INSERT INTO ${auditLog} (organization_id, id, at, actor, action, resource_type, resource_id, after, address)
    SELECT member.organization_id, ${newEntryId(now)}, ${now},
      ${at === "sign_in" ? sql`${UNKNOWN_ACTOR}` : sql`users.id`}, ${action}, 'user', users.id,
      ${JSON.stringify({ reason })}, ${address}
    FROM ${users} AS users JOIN ${memberships} AS member ON member.user_id = users.id AND member.disabled_at IS NULL
    WHERE ${person} AND ${within} AND (
      SELECT count(*) FROM (
        SELECT 1 FROM ${auditLog} AS other
        WHERE other.organization_id = member.organization_id AND other.id >= ${entryIdAt(now - HOUR)}
          AND other.action = ${action} LIMIT ${MOST_OF_ORGANIZATION})) < ${MOST_OF_ORGANIZATION}`);
}

/** What a failure is counted under. Made-up accounts of passkeys would be endless names: these count by network. */
function accountOf({ tried, address }: FailedProof): string {
  if (!tried) return `from ${networkOf(address ?? "local")}`;
  return "email" in tried ? tried.email : tried.userId;
}
