import type { Database } from "../../db/client";
import type { DomainError } from "../../errors";
import { err, ok, type Result } from "../../lib/result";
import { auditedDatabase } from "../audit";
import {
  acceptWithAccount,
  acceptWithNewAccount,
  newUserId,
  OVER,
  readInvitation,
  SIGN_IN_FIRST,
  type Accepted,
} from "./accept-invitation";
import { switchOrganization } from "./organizations-of";
import { hashPassword } from "./password";
import { openSession } from "./sessions";

/** Where an acceptance comes from, and when. */
export type JoiningFrom = { address: string | null; userAgent: string | null; requestId?: string; now: number };

/** Accepts an invitation with a new account and signs it in. The audit log has it as done by the new person. */
export async function joinByInvitation(
  { db }: { db: Database },
  { token, name, password }: { token: string; name: string; password: string },
  { now, ...place }: JoiningFrom,
): Promise<Result<Accepted & { session: string }, DomainError>> {
  const open = await readInvitation(db, token, now);
  // Before the password is hashed, which is work.
  if (!open) return err(OVER);
  if (open.hasAccount) return err(SIGN_IN_FIRST);
  const userId = newUserId(now);
  const theirs = auditedDatabase(db, { actor: { kind: "user", id: userId }, now, ...place });
  const passwordHash = await hashPassword(password);
  const accepted = await acceptWithNewAccount({ db: theirs }, { token, userId, name, passwordHash }, now);
  if (!accepted.ok) return accepted;
  const session = await openSession({ db: theirs }, { userId, strength: "password", ...place }, now);
  return session.ok ? ok({ ...accepted.value, session: session.value }) : session;
}

/** Accepts an invitation for the person of a session, and opens that organization in it. */
export async function acceptByAccount(
  { db }: { db: Database },
  { token, userId, hash }: { token: string; userId: string; hash: string },
  { now, ...place }: JoiningFrom,
): Promise<Result<Accepted, DomainError>> {
  const act = { actor: { kind: "user", id: userId }, now, ...place } as const;
  const theirs = { db: auditedDatabase(db, act) };
  const accepted = await acceptWithAccount(theirs, { token, userId }, now);
  if (!accepted.ok) return accepted;
  const { organizationId } = accepted.value;
  await switchOrganization(theirs, { hash, userId, organizationId }, act);
  return accepted;
}
