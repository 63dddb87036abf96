import type { OpenAPIHono, z } from "@hono/zod-openapi";
import type { ApiEnv } from "./router";

type App = OpenAPIHono<ApiEnv>;

/** What stands before an address that is described without it. */
const ALIAS = /^\/api(?=\/v1\/)/;

type Read = { fields: ReadonlySet<string> | undefined; sort: z.ZodType | undefined };

const known = new WeakMap<App, Map<string, Read>>();

/** The fields of what a read answers, or of each entry of a list; undefined for what is no JSON object. */
export function fieldNames(app: App, path: string): ReadonlySet<string> | undefined {
  return readAt(app, path)?.fields;
}

/** What the query parameter `sort` of a list may be; undefined where it has none. */
export function sortOf(app: App, path: string): z.ZodType | undefined {
  return readAt(app, path)?.sort;
}

function readAt(app: App, path: string): Read | undefined {
  const all = known.get(app) ?? readAll(app);
  known.set(app, all);
  return all.get(path.replace(ALIAS, ""));
}

/** The answer with these fields only; a list keeps its links. */
export function onlyFields(body: unknown, names: readonly string[] | undefined): unknown {
  if (names === undefined || typeof body !== "object" || body === null) return body;
  if (!("data" in body) || !Array.isArray(body.data)) return pick(body, names);
  return { ...body, data: body.data.map((entry: unknown) => pick(entry, names)) };
}

function pick(entry: unknown, names: readonly string[]): unknown {
  if (typeof entry !== "object" || entry === null) return entry;
  return Object.fromEntries(Object.entries(entry).filter(([name]) => names.includes(name)));
}

function readAll(app: App): Map<string, Read> {
  return new Map(
    app.openAPIRegistry.definitions.flatMap((definition) => {
      if (definition.type !== "route" || definition.route.method !== "get") return [];
      const success: unknown = definition.route.responses[200];
      const shape = shapeOf(jsonSchemaOf(success));
      const names = shape?.["data"] ? shapeOf(elementOf(shape["data"])) : shape;
      const path = definition.route.path.replaceAll(/\{(\w+)\}/g, ":$1");
      const sort = shapeOf(definition.route.request?.query)?.["sort"] as z.ZodType | undefined;
      return [[path, { fields: names && new Set(Object.keys(names)), sort }] as const];
    }),
  );
}

type Content = { content?: { "application/json"?: { schema?: z.ZodType } } };

function jsonSchemaOf(response: unknown): unknown {
  return (response as Content | undefined)?.content?.["application/json"]?.schema;
}

function shapeOf(schema: unknown): Record<string, unknown> | undefined {
  const { shape, options } = (schema ?? {}) as { shape?: Record<string, unknown>; options?: readonly unknown[] };
  // Of several shapes the first is ours.
  return shape ?? (options && shapeOf(options[0]));
}

function elementOf(schema: unknown): unknown {
  return (schema as { element?: unknown }).element;
}
