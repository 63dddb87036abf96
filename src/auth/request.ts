import type { Context } from "hono";
import type { Database } from "../db/client";
import {
  auditedDatabase,
  findSession,
  relyingPartyOf,
  REMEMBERED_FOR,
  rememberBrowser,
  SESSION_LIFETIME,
  type RelyingParty,
  type ResetLetter,
} from "../identity";
import { ownPath } from "../lib/http/own-path";
import {
  BROWSER_COOKIE,
  cookieFor,
  cookieIn,
  DESTINATION_COOKIE,
  SECOND_STEP_COOKIE,
  SESSION_COOKIE,
} from "../lib/http/session-cookie";
import type { MasterKeys } from "../lib/seal";
import { SECOND } from "../lib/time";
import type { KeptForm } from "../ui/kept-form";
import { languageCookie, LANGUAGE_COOKIE, type View } from "../ui/view";
import { actOf, placeOf } from "./act";
import { resumeAnswer } from "./resume-page";

/** What the pages of sign-in are given. */
export type AuthDeps = {
  db: Database;
  masterKeys: MasterKeys;
  config: { publicUrl: string; adminToken: string };
  now(): number;
  /**
   * Sends a link by which a password is replaced; undefined where the deployment sends no mail. `language`: what the
   * browser asks for.
   */
  sendResetLink?(letter: ResetLetter, language: string | undefined): Promise<void>;
};

export type AuthEnv = { Bindings: Env; Variables: { deps: AuthDeps; view: View; requestId: string } };

const SECOND_STEP_SECONDS = 600;
const DESTINATION_SECONDS = 1_800;

export function relyingPartyHere(c: Context<AuthEnv>): RelyingParty | undefined {
  return relyingPartyOf(c.var.deps.config.publicUrl);
}

export function sessionTokenIn(c: Context<AuthEnv>): string | undefined {
  return cookieIn(c.req.raw.headers, SESSION_COOKIE);
}

export function browserIn(c: Context<AuthEnv>): string | undefined {
  return cookieIn(c.req.raw.headers, BROWSER_COOKIE);
}

export function ticketIn(c: Context<AuthEnv>): string | undefined {
  return cookieIn(c.req.raw.headers, SECOND_STEP_COOKIE);
}

/**
 * Signed in: the session's cookie is set, the browser is remembered, and those of the sign-in have done their work. Leads
 * to the page that asked for it, or to the form that was kept.
 */
export async function signedIn(c: Context<AuthEnv>, token: string, kept?: KeptForm): Promise<Response> {
  const { deps } = c.var;
  const found = await findSession(deps.db, token, deps.now());
  if (!found) throw new Error("a session that was opened is not there");
  const headers = new Headers({ "cache-control": "no-store" });
  const { user } = found;
  const place = placeOf(c);
  const act = actOf(c, user.id);
  const theirs = { ...deps, db: auditedDatabase(deps.db, act) };
  const browser = await rememberBrowser(theirs, { userId: user.id, place, browser: browserIn(c) }, act.now);
  for (const cookie of [
    cookieFor(SESSION_COOKIE, token, SESSION_LIFETIME / SECOND),
    cookieFor(BROWSER_COOKIE, browser, REMEMBERED_FOR / SECOND),
    cookieFor(SECOND_STEP_COOKIE, "", 0),
    cookieFor(DESTINATION_COOKIE, "", 0),
    ...languageOf(c, found.user.locale),
  ])
    headers.append("set-cookie", cookie);
  if (kept) return resumeAnswer(c, found, kept, headers);
  headers.set("location", destinationIn(c));
  return new Response(null, { status: 303, headers });
}

/** A language that was chosen on this browser stays. */
function languageOf(c: Context<AuthEnv>, locale: string | null): string[] {
  if (locale === null || cookieIn(c.req.raw.headers, LANGUAGE_COOKIE) !== undefined) return [];
  return [languageCookie(locale, c.req.url.startsWith("https:"))];
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

/** The cookie of the ticket for the second step. */
export function ticketCookie(ticket: string): string {
  return cookieFor(SECOND_STEP_COOKIE, ticket, SECOND_STEP_SECONDS);
}

/** The browser forgets its session. */
export function forgetSession(c: Context<AuthEnv>): void {
  c.header("set-cookie", cookieFor(SESSION_COOKIE, "", 0), { append: true });
}

/** The fields of a form; none where the body is no form. */
export async function formOf(c: Context<AuthEnv>): Promise<Record<string, unknown>> {
  return c.req.parseBody().catch(() => ({}));
}
