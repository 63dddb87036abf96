import { z } from "@hono/zod-openapi";

/** A file beside each recording, by the names that the API has. */
export const sidecar = z
  .strictObject({
    name: z
      .string()
      .max(100)
      .default("{name}.json")
      .describe(
        "Which file lies beside a recording: `{name}.json` is `a.json` beside `a.wav`, `{file}.xml` is `a.wav.xml`.",
      ),
    fields: z
      .record(z.string().max(120), z.string().max(200))
      .describe(
        "Where in it each fact of the call is: names parted by dots, as in `agent.name` or `parties.0.number`; in XML `@name` is an attribute; in CSV the name of a column. Facts: those of `naming`, `tags`, and `custom[…]`.",
      ),
    waitMinutes: z
      .int()
      .min(0)
      .max(10_080)
      .default(10)
      .describe(
        "How long a recording waits for it. One that came in without it is told later what it says, for 30 days.",
      ),
  })
  .nullable()
  .describe("A file beside each recording that says what is known of its call; null for none.");
