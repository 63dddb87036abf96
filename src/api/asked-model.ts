import { z } from "@hono/zod-openapi";

export const askedModel = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .optional()
  .describe("Another model than the engine is set to, of its `other_models`.");
