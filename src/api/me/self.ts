import type { Context } from "hono";
import type { DomainError } from "../../errors";
import { confirmSession, relyingPartyOf, type RelyingParty, type Session, type Strength } from "../../identity";
import { cookieFor, SESSION_COOKIE } from "../../lib/http/session-cookie";
import { ok, type Result } from "../../lib/result";
import { SECOND } from "../../lib/time";
import { actOf } from "../authenticate";
import type { ApiEnv } from "../router";
import { OF_A_SESSION } from "../security";

export { actOf as actOfSelf };
export { unconfirmed } from "../session";

/** What the entries of one's own things have in common. */
export const OF_ONESELF = { tags: ["Yourself"], security: OF_A_SESSION };

/** The person whose session this is. Routes with the permission `self` open to sessions only. */
export function selfOf(c: Context<ApiEnv>): Session["user"] & { userId: string; session: Session["session"] } {
  const { session } = c.var;
  if (!session) throw new Error("a route of one's own things was opened without a session");
  return { ...session.user, userId: session.user.id, session: session.session };
}

/** What passkeys are made for here; undefined where the deployment's address has no name. */
export function relyingPartyHere(c: Context<ApiEnv>): RelyingParty | undefined {
  return relyingPartyOf(c.var.deps.config.publicUrl);
}

/**
 * Gives the person's session a new cookie, because they proved again who they are, with the strength of that proof where
 * it is another one. What they send with writes from now on.
 */
export async function renewSession(c: Context<ApiEnv>, strength?: Strength): Promise<Result<string, DomainError>> {
  const { deps } = c.var;
  const renewed = await confirmSession(deps, { hash: selfOf(c).session.hash, strength }, deps.now());
  if (!renewed.ok) return renewed;
  const { token, csrfToken, expiresAt } = renewed.value;
  const seconds = Math.max(0, Math.floor((expiresAt - deps.now()) / SECOND));
  c.header("set-cookie", cookieFor(SESSION_COOKIE, token, seconds));
  c.header("cache-control", "no-store");
  return ok(csrfToken);
}

/** Where the request came from. */
export function addressOf(c: Context<ApiEnv>): string | null {
  return c.req.header("cf-connecting-ip") ?? null;
}
