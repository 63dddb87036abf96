import { and, desc, eq, gt, isNull, lt, lte, ne, sql } from "drizzle-orm";
import { changesOf, runBatch, type Database, type Statement } from "../../db/client";
import { memberships, organizations, sessions, users } from "../../db/schema";
import { notFound, type DomainError } from "../../errors";
import { sha256Hex, toBase64Url } from "../../lib/hmac";
import { newId } from "../../lib/id";
import { err, ok, type Result } from "../../lib/result";
import { DAY, HOUR, MINUTE } from "../../lib/time";
import type { Naming } from "../organizations";
import type { Linked } from "../reach-of-member";

/** Without use, and in all. */
const IDLE = 12 * HOUR;
export const SESSION_LIFETIME = 14 * DAY;
const NOTED_EVERY = 5 * MINUTE;
/** How long after a proof of who one is a sensitive act is allowed. */
const CONFIRMED_FOR = 15 * MINUTE;
const TOKEN_BYTES = 32;
/** Of one person, in one answer. */
const MOST_SESSIONS = 500;

export type SessionRow = typeof sessions.$inferSelect;
export type Strength = SessionRow["strength"];

type OtherOrganization = { id: string; name: string };

/** A session with its person and their membership of its organization. */
export type Session = {
  session: SessionRow;
  user: { id: string; email: string; name: string; locale: string | null };
  membership: typeof memberships.$inferSelect;
  organizationName: string;
  naming: Naming;
  /** The other organizations of the person, in no order. */
  others: OtherOrganization[];
  /** Whether the organization asks its members for a second factor. */
  requireSecondFactor: boolean;
  /** Who is on calls in the organization: what a limit to teams depends on, and empty for a person without one. */
  linked: Linked[];
};

/** What a browser is given for a session: its cookie, until when, and what its forms send. */
export type RenewedSession = { token: string; hash: string; csrfToken: string; expiresAt: number };

type NewSession = { userId: string; strength: Strength; address: string | null; userAgent: string | null };

/** Opens a session in one of the user's organizations. Its token goes into the cookie; only its hash is stored. */
export async function openSession(
  { db }: { db: Database },
  { userId, strength, address, userAgent }: NewSession,
  now: number,
): Promise<Result<string, DomainError>> {
  const token = newToken();
  const [, opened] = await runBatch(db, [
    db.delete(sessions).where(lte(sessions.expiresAt, now)),
    db.run(sql`INSERT INTO ${sessions}
      (hash, id, user_id, organization_id, strength, created_at, confirmed_at, last_used_at, expires_at, address, user_agent)
      SELECT ${await sha256Hex(token)}, ${newId("ses", now)}, user_id, organization_id, ${strength}, ${now}, ${now},
        ${now}, ${now + SESSION_LIFETIME}, ${address}, ${userAgent?.slice(0, 300) ?? null}
      FROM ${memberships} WHERE user_id = ${userId} AND disabled_at IS NULL ORDER BY created_at, organization_id LIMIT 1`),
  ]);
  if (changesOf(opened) === 0) return err({ kind: "forbidden", message: "You belong to no organization." });
  return ok(token);
}

/** The session of a token, in one query; undefined when it is over or its person left the organization. */
export async function findSession(db: Database, token: string, now: number): Promise<Session | undefined> {
  if (!/^[A-Za-z0-9_-]{43}$/.test(token)) return undefined;
  return db
    .select({
      session: sessions,
      user: { id: users.id, email: users.email, name: users.name, locale: users.locale },
      membership: memberships,
      organizationName: organizations.name,
      naming: organizations.naming,
      // For the switch on pages, without a query of its own.
      others: sql<OtherOrganization[]>`(SELECT json_group_array(json_object('id', others.id, 'name', others.name))
        FROM memberships AS theirs JOIN organizations AS others ON others.id = theirs.organization_id
        WHERE theirs.user_id = ${sessions.userId} AND theirs.organization_id <> ${sessions.organizationId}
          AND theirs.disabled_at IS NULL)`.mapWith((text: string) => JSON.parse(text) as OtherOrganization[]),
      requireSecondFactor: organizations.requireSecondFactor,
      linked: sql<Linked[]>`CASE WHEN ${memberships.teams} IS NULL THEN '[]' ELSE (SELECT json_group_array(json_object(
          'organizationId', linked.organization_id, 'userId', linked.user_id, 'operatorId', linked.operator_id))
        FROM memberships AS linked
        WHERE linked.organization_id = ${sessions.organizationId} AND linked.operator_id IS NOT NULL) END`.mapWith(
        (text: string) => JSON.parse(text) as Linked[],
      ),
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .innerJoin(
      memberships,
      and(
        eq(memberships.userId, sessions.userId),
        eq(memberships.organizationId, sessions.organizationId),
        isNull(memberships.disabledAt),
      ),
    )
    .innerJoin(organizations, eq(organizations.id, sessions.organizationId))
    .where(
      and(eq(sessions.hash, await sha256Hex(token)), gt(sessions.expiresAt, now), gt(sessions.lastUsedAt, now - IDLE)),
    )
    .get();
}

/** Notes that a session is used, at most every five minutes. */
export async function noteSessionUse(db: Database, { hash, lastUsedAt }: SessionRow, now: number): Promise<void> {
  if (lastUsedAt > now - NOTED_EVERY) return;
  await db.update(sessions).set({ lastUsedAt: now }).where(eq(sessions.hash, hash));
}

/** Notes that whoever plays audio is there: a link needs no session, but a browser that has one sends its cookie. */
export async function noteListening(db: Database, token: string, now: number): Promise<void> {
  const found = await findSession(db, token, now);
  if (found) await noteSessionUse(db, found.session, now);
}

/** Whether the person proved lately who they are. */
export function isConfirmed({ confirmedAt }: Pick<SessionRow, "confirmedAt">, now: number): boolean {
  return confirmedAt > now - CONFIRMED_FOR;
}

/**
 * Gives a session a new token once its person proved again who they are, and the strength of that proof where it is
 * another one. Whoever has the former token has nothing.
 */
export async function confirmSession(
  { db }: { db: Database },
  { hash, strength }: { hash: string; strength?: Strength },
  now: number,
): Promise<Result<RenewedSession, DomainError>> {
  const token = newToken();
  const renewed = await sha256Hex(token);
  const [changed] = await db
    .update(sessions)
    .set({ hash: renewed, confirmedAt: now, ...(strength && { strength }) })
    .where(eq(sessions.hash, hash))
    .returning({ expiresAt: sessions.expiresAt });
  if (!changed) return err({ kind: "unauthenticated", message: "The session is over. Sign in again." });
  return ok({ token, hash: renewed, csrfToken: await csrfTokenOf(renewed), expiresAt: changed.expiresAt });
}

/** The sessions of a user that are not over, the newest first. */
export async function listSessions(
  { db }: { db: Database },
  userId: string,
  now: number,
  page: { limit?: number; after?: { id: string } } = {},
): Promise<SessionRow[]> {
  const { limit = MOST_SESSIONS, after } = page;
  return db
    .select()
    .from(sessions)
    .where(
      and(
        eq(sessions.userId, userId),
        gt(sessions.expiresAt, now),
        gt(sessions.lastUsedAt, now - IDLE),
        after && lt(sessions.id, after.id),
      ),
    )
    .orderBy(desc(sessions.id))
    .limit(limit);
}

/** Ends one session of a user. */
export async function endSession(
  { db }: { db: Database },
  { userId, id }: { userId: string; id: string },
): Promise<Result<void, DomainError>> {
  const ended = await db
    .delete(sessions)
    .where(and(eq(sessions.userId, userId), eq(sessions.id, id)))
    .returning({ id: sessions.id });
  return ended.length > 0 ? ok(undefined) : err(notFound("session"));
}

/** Ends a user's sessions but for the one with this hash, and gives how many they were. */
export async function endOtherSessions(
  { db }: { db: Database },
  { userId, hash }: { userId: string; hash: string },
): Promise<number> {
  const ended = await db
    .delete(sessions)
    .where(and(eq(sessions.userId, userId), ne(sessions.hash, hash)))
    .returning({ id: sessions.id });
  return ended.length;
}

/** The statement that ends a user's sessions, but for the one with this hash. */
export function endSessions(db: Database, userId: string, but?: string): Statement {
  return db
    .delete(sessions)
    .where(and(eq(sessions.userId, userId), but === undefined ? undefined : ne(sessions.hash, but)));
}

/** What a form or program sends beside the cookie; another site does not know it. */
export async function csrfTokenOf(hash: string): Promise<string> {
  return (await sha256Hex(`csrf ${hash}`)).slice(0, 32);
}

/**
 * What a page's form sends. It names the organization that was open when the form was shown, so that a form never acts
 * in another one that was opened meanwhile.
 */
export async function formTokenOf({ hash, organizationId }: { hash: string; organizationId: string }): Promise<string> {
  return `${await csrfTokenOf(hash)}.${organizationId}`;
}

/** The organization that a form's token names; it proves nothing. */
export function organizationOfForm(formToken: unknown): string | undefined {
  if (typeof formToken !== "string") return undefined;
  return /^[0-9a-f]{32}\.(\w{1,100})$/.exec(formToken)?.[1];
}

function newToken(): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)));
}
