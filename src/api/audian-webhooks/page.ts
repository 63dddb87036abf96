import { wholeNumber } from "../whole-number";

/** How many rows a list with page numbers reaches: an endpoint's objects must read everything before the page. */
export const MAX_ROWS = 10_000;

/** The query parameters of a list with page numbers. */
export const pageNumbers = {
  page: wholeNumber({ min: 1 }).default(1).openapi({ description: "From 1.", example: 1 }),
  limit: wholeNumber({ min: 1, max: 200 }).default(50).openapi({ description: "How many at most.", example: 50 }),
};
