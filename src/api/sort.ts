import { z, type OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { matchedRoutes } from "hono/route";
import { METHOD_NAME_ALL } from "hono/router";
import type { Order } from "../db/order";
import { sortOf } from "./field-names";
import type { ApiEnv } from "./router";

/**
 * The query parameter `sort` of a list that is read by one field in either direction: the field alone is ascending, with
 * a minus before it descending. `first` is the direction without `sort`.
 */
export function sortQuery(field: string, first: Order) {
  const names = first === "ascending" ? [field, `-${field}`] : [`-${field}`, field];
  return {
    sort: z
      .enum(names)
      .default(names[0] ?? field)
      .transform((name): Order => (name.startsWith("-") ? "descending" : "ascending"))
      .openapi({
        type: "string",
        enum: names,
        default: names[0],
        description: `The order: \`${field}\` is ascending, \`-${field}\` descending. A cursor belongs to its order.`,
      }),
  };
}

/**
 * The order in which a list is asked for, as its operation reads `sort`, the first one where there is none; undefined where
 * the operation has one order only, or refuses this one.
 */
export function orderAsked(c: Context<ApiEnv>, app: OpenAPIHono<ApiEnv>): string | undefined {
  const handler = matchedRoutes(c).find(({ method }) => method !== METHOD_NAME_ALL);
  const read = handler && sortOf(app, handler.path)?.safeParse(c.req.query("sort"));
  return typeof read?.data === "string" ? read.data : undefined;
}

/** After every id of ours in this direction: where a page goes on once all that belongs to a call was looked at. */
export function lastId(order: Order): string {
  return order === "ascending" ? "~" : "";
}
