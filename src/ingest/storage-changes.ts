import { Hono } from "hono";
import { noticeOfChange } from "../connectors";
import { readHeaderFields } from "../lib/http/header-fields";
import { SECOND } from "../lib/time";
import type { IngestDeps } from "./deps";
import { lookupCache } from "./lookup-cache";
import { readBody } from "./read-body";
import { refusalGate } from "./refusal-gate";
import { strangerGate } from "./stranger-gate";

/** Graph sends up to a thousand notices at once. */
const MAX_BODY = 1024 * 1024;
const LONGEST_TOKEN = 2_000;

type Deps = Pick<IngestDeps, "db" | "masterKeys" | "now" | "limits">;

/**
 * Where Microsoft Graph tells that something changed in a drive. It is looked at by the connector, not here. Strangers are
 * limited as those of webhooks: each of their notices costs a lookup.
 */
export function storageChanges(depsOf: (env: Env) => Deps) {
  const routes = new Hono<{ Bindings: Env }>();
  const known = lookupCache<true>();
  const gate = refusalGate();
  const strangers = strangerGate({ callers: known, sources: known });

  routes.post("/storages/onedrive/:id", async (c) => {
    const token = c.req.query("validationToken");
    // So Graph sees that the address is ours before it sends anything there. It is text, whatever it holds.
    if (token !== undefined) {
      if (token.length > LONGEST_TOKEN) return c.body(null, 400);
      return c.body(token, 200, { "content-type": "text/plain", "x-content-type-options": "nosniff" });
    }
    const deps = depsOf(c.env);
    const now = deps.now();
    const id = c.req.param("id");
    const headers = readHeaderFields(c.req.raw.headers);
    const sent = { request: c.req.raw, headers, path: c.req.path };
    const gateway = { ...sent, sourceKind: "onedrive", sourceId: id, keyed: false };
    const until = (await gate.shutUntil(gateway, now)) ?? (await strangers.shutUntil(gateway, now));
    if (until !== undefined)
      return c.body(null, 429, { "retry-after": String(Math.max(1, Math.ceil((until - now) / SECOND))) });
    const body = await readBody(c.req.raw, headers, MAX_BODY);
    if (body.ok && (await noticeOfChange(deps, id, jsonOf(body.value)))) {
      await known(id, now, async () => true);
      return c.body(null, 202);
    }
    await gate.note(gateway, now, deps.limits);
    await strangers.note(gateway, now, deps.limits);
    if (body.ok) return c.body(null, 404);
    return c.body(null, body.error.kind === "too_large" ? 413 : 400);
  });
  return routes;
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch {
    return null;
  }
}
