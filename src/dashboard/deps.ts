import type { Context } from "hono";
import { auditedBinding } from "../db/audited";
import { openDatabase, type Database } from "../db/client";
import { gatherReads, type GatheredReads } from "../db/gathered-reads";
import type { Deps } from "../deps";
import type { DomainError } from "../errors";
import {
  actorText,
  confirmSession,
  formTokenOf,
  relyingPartyOf,
  type Act,
  type RelyingParty,
  type Strength,
} from "../identity";
import { sameText } from "../lib/constant-time";
import { cookieFor, SESSION_COOKIE } from "../lib/http/session-cookie";
import { ok, type Result } from "../lib/result";
import { SECOND } from "../lib/time";
import type { View } from "../ui/view";
import type { PageVisitor, Visitor } from "./visitor";

/** What a page is made with. `reads` gathers what the page asks of D1. */
export type PageDeps = Omit<Deps, "db"> & { db: Database; reads: GatheredReads };

/** Where pages come from: deps and view of a request, and who looks; null where nobody is signed in. */
export type DashboardOf<Bindings> = {
  deps(env: Bindings): Deps;
  view(request: Request, env: Bindings): View;
  visitor(request: Request, deps: Pick<Deps, "db" | "now">): Promise<Visitor | null>;
};

/** `plain`: the deps of forms, which write; nothing of theirs is gathered. */
export type DashboardEnv = {
  Variables: {
    deps: PageDeps;
    plain: Deps;
    view: View;
    visitor: PageVisitor;
    /** The id of this request, which its answer and its entries in the audit log carry. */
    requestId: string;
    /** Set-Cookie lines of the answer, whatever it is. */
    cookies: string[];
    /** What this request's form carries, where it confirmed its person: they have another token since. */
    formToken?: string;
  };
};

export function pageDepsOf(deps: Deps): PageDeps {
  const reads = gatherReads(deps.db);
  return { ...deps, db: reads.db, reads };
}

export type PageContext = Context<DashboardEnv>;

/** The actor and time of a form, for functions that write. */
export function actOf(c: PageContext): Act {
  const { visitor, deps, requestId } = c.var;
  const address = c.req.header("cf-connecting-ip") ?? null;
  return { actor: visitor.caller.actor, now: deps.now(), address, requestId };
}

/** Deps whose writes are in the audit log as done by the visitor, and as asked for by this form. */
export function writingDeps(c: PageContext): Deps {
  const deps = c.var.plain;
  const { actor, now, address = null } = actOf(c);
  const act = { actor: actorText(actor), address, requestId: c.var.requestId, at: now };
  return { ...deps, db: openDatabase(auditedBinding(deps.db.$client, act)) };
}

/** Whether a form carries what only this session's pages know. */
export async function isOwnForm(c: PageContext, form: Record<string, unknown>): Promise<boolean> {
  const sent = form["csrf"];
  return typeof sent === "string" && sameText(sent, c.var.formToken ?? c.var.visitor.csrf);
}

/** What passkeys are made for here; undefined where the deployment's address has no name. */
export function relyingPartyHere(c: PageContext): RelyingParty | undefined {
  return relyingPartyOf(c.var.plain.config.publicUrl);
}

/**
 * Gives the visitor's session a new cookie, because they proved again who they are, with the strength of that proof
 * where it is another one.
 */
export async function renewSession(c: PageContext, strength?: Strength): Promise<Result<void, DomainError>> {
  const { visitor, plain, cookies } = c.var;
  const renewed = await confirmSession(writingDeps(c), { hash: visitor.session.hash, strength }, plain.now());
  if (!renewed.ok) return renewed;
  const { token, hash, expiresAt } = renewed.value;
  const seconds = Math.max(0, Math.floor((expiresAt - plain.now()) / SECOND));
  cookies.push(cookieFor(SESSION_COOKIE, token, seconds));
  const csrf = await formTokenOf({ hash, organizationId: visitor.organization.id });
  const isWeak = visitor.session.isWeak && strength === undefined;
  c.set("visitor", { ...visitor, session: { ...visitor.session, hash, isWeak }, confirmed: true, csrf });
  return ok(undefined);
}
