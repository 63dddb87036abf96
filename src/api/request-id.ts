import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { newRequestId, REQUEST_ID_HEADER } from "../lib/request-id";

type Named = { Variables: { requestId: string } };

/** Gives each request an id, which its answer, a problem and its entries in the audit log carry. */
export const requestId = createMiddleware<Named>(async (c, next) => {
  const id = requestIdOf(c);
  await next();
  if (c.res.headers.has(REQUEST_ID_HEADER)) return;
  try {
    c.res.headers.set(REQUEST_ID_HEADER, id);
  } catch {
    // The headers of an answer that `fetch` gave cannot be changed.
    c.res = new Response(c.res.body, c.res);
    c.res.headers.set(REQUEST_ID_HEADER, id);
  }
});

/** The id of the request, from now on if it had none. */
export function requestIdOf(c: Context): string {
  const known: unknown = c.get("requestId");
  if (typeof known === "string") return known;
  const id = newRequestId();
  c.set("requestId", id);
  return id;
}
