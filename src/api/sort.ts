import { z } from "@hono/zod-openapi";
import type { Order } from "../db/order";

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

/** After every id of ours in this direction: where a page goes on once all that belongs to a call was looked at. */
export function lastId(order: Order): string {
  return order === "ascending" ? "~" : "";
}
