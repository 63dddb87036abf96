import { z } from "@hono/zod-openapi";

/** How many rows a list with page numbers reaches: an endpoint's objects must read everything before the page. */
export const MAX_ROWS = 10_000;

const number = z.coerce.number().int().min(1);

/** The query parameters of a list with page numbers. */
export const pageNumbers = {
  page: number.default(1).openapi({ description: "From 1.", example: 1 }),
  limit: number.max(200).default(50).openapi({ description: "How many at most.", example: 50 }),
};
