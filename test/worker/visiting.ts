import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { Hono } from "hono";
import { expect } from "vitest";
import { dashboardRoutes, type Visitor } from "../../src/dashboard";
import { depsOf, type Deps } from "../../src/deps";
import { FULL_REACH, ROLES, type Caller, type Reach, type RoleName } from "../../src/identity";
import { MINUTE } from "../../src/lib/time";
import { viewOf } from "../../src/ui/view";
import { NOON } from "../factories";

export const SCRIPT = `<script>alert(1)</script>"><img src=x onerror=alert(1)>`;
export const RIGHT_TO_LEFT = "شركة الاتصالات";
export const LONG = "Ximena-Guadalupe".repeat(19).slice(0, 300);
export const CSRF = "the-token-of-this-session";

type Who = { role?: RoleName; userId?: string; reach?: Reach; now?: number; confirmed?: boolean };

/** The pages as a person of an organization sees them, an hour after noon where no other moment is given. */
export function visit(organization: Visitor["organization"], who: Who & { scopes?: readonly string[] } = {}) {
  const {
    role = "owner",
    scopes = ROLES[role].scopes,
    userId = "usr_1",
    reach = FULL_REACH,
    now = NOON + 60 * MINUTE,
    confirmed = true,
  } = who;
  const caller: Caller = {
    organizationId: organization.id,
    actor: { kind: "user", id: userId },
    scopes,
    campaignId: null,
    sourceId: null,
    expiresAt: null,
    reach,
    unnoted: [],
  };
  const person = { name: SCRIPT, email: "ana@acme.example" };
  const session = { id: "ses_1", hash: "no session of the database", userId, isWeak: false };
  return pagesFor({ caller, person, organization, others: [], session, confirmed, csrf: CSRF }, now);
}

/** The pages as a visitor sees them. `others`: instead of the deps of the Worker. */
export function pagesFor(visitor: Visitor | null, now: number, others: Partial<Deps> = {}) {
  const app = new Hono<{ Bindings: Env }>().route(
    "/dashboard",
    dashboardRoutes<Env>({
      deps: (bindings) => ({ ...depsOf(bindings), ...others, now: () => now }),
      view: (request) => viewOf(request, { now, isLocal: true }),
      visitor: async () => visitor,
    }),
  );
  const ask = (path: string, init: RequestInit = {}) =>
    app.fetch(new Request(`https://trunkline.test${path}`, init), env, createExecutionContext());
  return {
    ask,
    page: async (path: string, headers: Record<string, string> = {}) => {
      const answer = await ask(path, { headers });
      return {
        status: answer.status,
        text: await answer.text(),
        trips: Number(answer.headers.get("x-d1-round-trips")),
      };
    },
    post: (path: string, fields: Record<string, string> | [string, string][] = {}) => {
      const body = new URLSearchParams([["csrf", CSRF], ...(Array.isArray(fields) ? fields : Object.entries(fields))]);
      if (!Array.isArray(fields) && fields["csrf"] !== undefined) body.set("csrf", fields["csrf"]);
      return ask(path, { method: "POST", body });
    },
  };
}

export async function gzipped(body: string): Promise<number> {
  const packed = new Blob([body]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(packed).arrayBuffer()).byteLength;
}

/** The session takes one round trip of the four that a page may make. */
export const MOST_TRIPS = 3;

export function expectHarmless(text: string): void {
  expect(text).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+="|javascript:/i);
  expect(text).not.toContain("<script>alert");
  expect(text).not.toContain("<img");
}
