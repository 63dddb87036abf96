import { z } from "@hono/zod-openapi";

/** A notice that somebody tries, or sends as their platform would. Anything is taken: its reader says what is wrong. */
export const sampleNotice = z.unknown().openapi("SampleNotice", {
  oneOf: [{ type: "object", additionalProperties: true }, { type: "string" }],
  description: "A notice as JSON; or, as a string, the whole body as the platform sends it.",
  example: { id: "c-1", agent: { name: "Lucía Fernández" }, answered: true },
});
