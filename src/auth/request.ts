import type { Context } from "hono";
import type { Database } from "../db/client";
import { relyingPartyOf, SESSION_LIFETIME, type Place, type RelyingParty } from "../identity";
import { ownPath } from "../lib/http/own-path";
import {
  cookieFor,
  cookieIn,
  DESTINATION_COOKIE,
  SECOND_STEP_COOKIE,
  SESSION_COOKIE,
} from "../lib/http/session-cookie";
import type { MasterKeys } from "../lib/seal";
import { SECOND } from "../lib/time";
import type { View } from "../ui/view";

/** What the pages of sign-in are given. */
export type AuthDeps = {
  db: Database;
  masterKeys: MasterKeys;
  config: { publicUrl: string; adminToken: string };
  now(): number;
  /** Sends a link by which a password is replaced; undefined where the deployment sends no mail. */
  sendResetLink?(mail: { email: string; name: string; link: string; view: View }): Promise<void>;
};

export type AuthEnv = { Bindings: Env; Variables: { deps: AuthDeps; view: View } };

const SECOND_STEP_SECONDS = 600;
const DESTINATION_SECONDS = 1_800;

export function relyingPartyHere(c: Context<AuthEnv>): RelyingParty | undefined {
  return relyingPartyOf(c.var.deps.config.publicUrl);
}

export function placeOf(c: Context<AuthEnv>): Place {
  return { address: c.req.header("cf-connecting-ip") ?? null, userAgent: c.req.header("user-agent") ?? null };
}

export function sessionTokenIn(c: Context<AuthEnv>): string | undefined {
  return cookieIn(c.req.raw.headers, SESSION_COOKIE);
}

export function ticketIn(c: Context<AuthEnv>): string | undefined {
  return cookieIn(c.req.raw.headers, SECOND_STEP_COOKIE);
}

/** Signed in: the session's cookie is set, and that of the second step has done its work. */
export function signedIn(c: Context<AuthEnv>, token: string): Response {
  c.header("set-cookie", cookieFor(SESSION_COOKIE, token, SESSION_LIFETIME / SECOND), { append: true });
  c.header("set-cookie", cookieFor(SECOND_STEP_COOKIE, "", 0), { append: true });
  c.header("set-cookie", cookieFor(DESTINATION_COOKIE, "", 0), { append: true });
  c.header("cache-control", "no-store");
  return c.redirect(destinationIn(c), 303);
}

/** The header that remembers the page that asked for a sign-in until it is over, however many steps that takes. */
export function destinationOf(c: Context<AuthEnv>): Record<string, string> {
  const destination = ownPath.safeParse(c.req.query("to"));
  if (!destination.success) return {};
  return { "set-cookie": cookieFor(DESTINATION_COOKIE, encodeURIComponent(destination.data), DESTINATION_SECONDS) };
}

// A cookie can be planted, so its path is checked again.
function destinationIn(c: Context<AuthEnv>): string {
  try {
    return ownPath.parse(decodeURIComponent(cookieIn(c.req.raw.headers, DESTINATION_COOKIE) ?? ""));
  } catch {
    return "/";
  }
}

/** The browser goes on to the second step, with its ticket in a cookie. */
export function toSecondStep(c: Context<AuthEnv>, ticket: string): Response {
  c.header("set-cookie", cookieFor(SECOND_STEP_COOKIE, ticket, SECOND_STEP_SECONDS));
  c.header("cache-control", "no-store");
  return c.redirect("/sign-in/second-step", 303);
}

/** The browser forgets its session. */
export function forgetSession(c: Context<AuthEnv>): void {
  c.header("set-cookie", cookieFor(SESSION_COOKIE, "", 0), { append: true });
}

/** The fields of a form; none where the body is no form. */
export async function formOf(c: Context<AuthEnv>): Promise<Record<string, unknown>> {
  return c.req.parseBody().catch(() => ({}));
}
