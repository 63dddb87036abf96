import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { Hono } from "hono";
import { dashboardRoutes, type Visitor } from "../../src/dashboard";
import { depsOf } from "../../src/deps";
import { FULL_REACH, ROLES, type Caller, type Reach, type RoleName } from "../../src/identity";
import { MINUTE } from "../../src/lib/time";
import { viewOf } from "../../src/ui/view";
import { NOON } from "../factories";

export const CSRF = "the-token-of-this-session";

type Who = { role?: RoleName; userId?: string; reach?: Reach; now?: number };

/** The pages as a person of an organization sees them, an hour after noon. */
export function visit(organization: { id: string; name: string }, who: Who = {}) {
  const { role = "owner", userId = "usr_1", reach = FULL_REACH, now = NOON + 60 * MINUTE } = who;
  const caller: Caller = {
    organizationId: organization.id,
    actor: { kind: "user", id: userId },
    scopes: ROLES[role].scopes,
    campaignId: null,
    sourceId: null,
    expiresAt: null,
    reach,
    unnoted: [],
  };
  const person = { name: "Ana Ruiz", email: "ana@acme.example" };
  const session = { id: "ses_1", hash: "no session of the database", userId, isWeak: false };
  return pagesFor({ caller, person, organization, others: [], session, confirmed: true, csrf: CSRF }, now);
}

/** The pages as a visitor sees them. */
export function pagesFor(visitor: Visitor | null, now: number) {
  const app = new Hono<{ Bindings: Env }>().route(
    "/dashboard",
    dashboardRoutes<Env>({
      deps: (bindings) => ({ ...depsOf(bindings), now: () => now }),
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
      const trips = Number(answer.headers.get("x-d1-round-trips"));
      return { status: answer.status, text: await answer.text(), trips };
    },
    post: (path: string, fields: Record<string, string> | [string, string][]) => {
      const body = new URLSearchParams(fields);
      if (!body.has("csrf")) body.set("csrf", CSRF);
      return ask(path, { method: "POST", body });
    },
  };
}
