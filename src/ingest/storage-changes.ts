import { Hono } from "hono";
import { noticeOfChange } from "../connectors";
import { readHeaderFields } from "../lib/http/header-fields";
import type { IngestDeps } from "./deps";
import { readBody } from "./read-body";

/** Graph sends up to a thousand notices at once. */
const MAX_BODY = 1024 * 1024;
const LONGEST_TOKEN = 2_000;

type Deps = Pick<IngestDeps, "db" | "masterKeys" | "now">;

/** Where Microsoft Graph tells that something changed in a drive. It is looked at by the connector, not here. */
export function storageChanges(depsOf: (env: Env) => Deps) {
  const routes = new Hono<{ Bindings: Env }>();
  routes.post("/storages/onedrive/:id", async (c) => {
    const token = c.req.query("validationToken");
    // So Graph sees that the address is ours before it sends anything there. It is text, whatever it holds.
    if (token !== undefined) {
      if (token.length > LONGEST_TOKEN) return c.body(null, 400);
      return c.body(token, 200, { "content-type": "text/plain", "x-content-type-options": "nosniff" });
    }
    const body = await readBody(c.req.raw, readHeaderFields(c.req.raw.headers), MAX_BODY);
    if (!body.ok) return c.body(null, body.error.kind === "too_large" ? 413 : 400);
    const isTaken = await noticeOfChange(depsOf(c.env), c.req.param("id"), jsonOf(body.value));
    return c.body(null, isTaken ? 202 : 404);
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
