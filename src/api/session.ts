import type { Context } from "hono";
import type { Database } from "../db/client";
import type { DomainError } from "../errors";
import {
  csrfTokenOf,
  findSession,
  isConfirmed,
  noteSessionUse,
  reachOfMember,
  ROLES,
  type Caller,
  type RoleName,
  type Session,
} from "../identity";
import { sameText } from "../lib/constant-time";
import { cookieIn, isFromOurselves, SESSION_COOKIE } from "../lib/http/session-cookie";
import { err, ok, type Result } from "../lib/result";
import type { ApiEnv } from "./router";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/** The token of the request's session cookie. */
export function sessionTokenOf(c: Context<ApiEnv>): string | undefined {
  return cookieIn(c.req.raw.headers, SESSION_COOKIE);
}

/** The session that a token opens, for a request that came from our own pages and says its token where it writes. */
export async function sessionOf(c: Context<ApiEnv>, token: string): Promise<Result<Session, DomainError>> {
  const { db, now } = c.var.deps;
  const found = await findSession(db, token, now());
  if (!found) return err({ kind: "unauthenticated", message: "The session is over. Sign in again." });
  if (!SAFE.has(c.req.method)) {
    const sent = c.req.header("x-csrf-token") ?? "";
    if (!isFromOurselves(c.req.raw) || !(await sameText(sent, await csrfTokenOf(found.session.hash))))
      return err({
        kind: "forbidden",
        message: "A session writes with the X-CSRF-Token of GET /v1/me, from our pages.",
      });
  }
  await noteSessionUse(db, found.session, now());
  return ok(found);
}

/** The caller that a session makes, with the rights of the person's role within the limits of their membership. */
export async function callerOf(db: Database, { session, user, membership, linked }: Session): Promise<Caller> {
  return {
    organizationId: session.organizationId,
    reach: await reachOfMember(db, membership, linked),
    actor: { kind: "user", id: user.id },
    scopes: scopesOf(membership.role),
    campaignId: null,
    sourceId: null,
    expiresAt: null,
    unnoted: [],
  };
}

function scopesOf(role: string): readonly string[] | null {
  return Object.hasOwn(ROLES, role) ? ROLES[role as RoleName].scopes : [];
}

/** What a session without a second factor is refused where its organization requires one. */
export function weakSession({ session, requireSecondFactor }: Session): DomainError | undefined {
  return requireSecondFactor && session.strength === "password" ? { kind: "second_factor_required" } : undefined;
}

/** What a sensitive act is refused when its person last proved who they are too long ago. Keys are not asked. */
export function unconfirmed(c: Context<ApiEnv>): DomainError | undefined {
  const { session, deps } = c.var;
  return session && !isConfirmed(session.session, deps.now()) ? { kind: "confirmation_required" } : undefined;
}
