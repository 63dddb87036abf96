import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { matchedRoutes } from "hono/route";
import { METHOD_NAME_ALL } from "hono/router";
import { fieldNames } from "./field-names";
import { markInternal } from "./internal-requests";
import { answer } from "./problem";
import type { ApiEnv } from "./router";

/** What an id in an answer may be expanded to, and the list that it is read from. */
const LISTS: Readonly<Record<string, string>> = {
  call: "calls",
  campaign: "campaigns",
  operator: "operators",
  recording: "recordings",
  source: "sources",
  task: "tasks",
  team: "teams",
};

/** Each is read as the caller would read it; an invocation may ask the database a thousand times. */
const MOST = 50;

/** What an operation's answers can be expanded by: the ids that they have. */
export function expandable(fields: Iterable<string>): string[] {
  return [...fields].flatMap((name) => (name.endsWith("_id") && LISTS[name.slice(0, -3)] ? [name.slice(0, -3)] : []));
}

/** The names in `expand`, which is taken out of the query: no operation knows it. */
export function takeExpand(c: Context<ApiEnv>, app: OpenAPIHono<ApiEnv>): readonly string[] | Response {
  const given = c.req.query("expand");
  const handler = matchedRoutes(c).find(({ method }) => method !== METHOD_NAME_ALL);
  const known = expandable((handler && fieldNames(app, handler.path)) ?? []);
  // Where there is nothing to expand, the operation refuses it as any parameter that it does not have.
  if (given === undefined || known.length === 0) return [];
  const wanted = given.split(",").map((name) => name.trim());
  if (!wanted.every((name) => known.includes(name))) {
    const message = `must be names with commas between them: ${known.join(", ")}`;
    return answer(c, 422, "1 field is not valid.", [{ field: "expand", code: "not_one_of", message }]);
  }
  const url = new URL(c.req.url);
  url.searchParams.delete("expand");
  c.req.raw = new Request(url, c.req.raw);
  return wanted;
}

/**
 * Adds to the answer what its ids name: `campaign` beside `campaign_id`. Null where there is nothing, or nothing that the
 * caller may read.
 */
export async function expandAnswer(
  c: Context<ApiEnv>,
  app: OpenAPIHono<ApiEnv>,
  names: readonly string[],
): Promise<void> {
  if (names.length === 0 || c.res.status !== 200) return;
  const { headers } = c.res;
  const body: unknown = await c.res.json();
  const entries = entriesOf(body);
  const addresses = new Set(entries.flatMap((entry) => names.flatMap((name) => addressOf(entry, name) ?? [])));
  c.res = undefined;
  if (addresses.size > MOST) {
    const message = `names ${addresses.size} things; an answer is expanded by at most ${MOST}: take a smaller limit`;
    c.res = answer(c, 422, "1 field is not valid.", [{ field: "expand", message }]);
    return;
  }
  const read = new Map<string, unknown>();
  for (const address of addresses) read.set(address, await readAs(c, app, address));
  for (const entry of entries)
    for (const name of names) if (`${name}_id` in entry) entry[name] = read.get(addressOf(entry, name) ?? "") ?? null;
  c.res = new Response(JSON.stringify(body), { status: 200, headers });
}

function entriesOf(body: unknown): Record<string, unknown>[] {
  if (typeof body !== "object" || body === null) return [];
  const listed = "data" in body && Array.isArray(body.data) ? (body.data as unknown[]) : [body];
  return listed.filter((one): one is Record<string, unknown> => typeof one === "object" && one !== null);
}

function addressOf(entry: Record<string, unknown>, name: string): string | undefined {
  const id = entry[`${name}_id`];
  return typeof id === "string" ? `/v1/${LISTS[name]}/${encodeURIComponent(id)}` : undefined;
}

/** With the proofs of the request itself, so that it shows nobody more than they could read. */
async function readAs(c: Context<ApiEnv>, app: OpenAPIHono<ApiEnv>, address: string): Promise<unknown> {
  const headers = new Headers(c.req.raw.headers);
  for (const name of ["if-none-match", "range"]) headers.delete(name);
  const found = await app.fetch(markInternal(new Request(new URL(address, c.req.url), { headers })), c.env);
  if (found.status === 200) return found.json();
  await found.body?.cancel();
  if (found.status >= 500) throw new Error(`${address} could not be read for \`expand\``);
  return null;
}
