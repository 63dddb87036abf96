import { z } from "@hono/zod-openapi";

const some = (what: string) =>
  z.object({ count: z.number().int(), names: z.array(z.string()).describe("The first ten.") }).describe(what);

/** The files that the last look left without refusing them. */
export const leftFiles = z
  .object({
    empty: some("Files of 0 bytes. Each is taken in once it has content."),
    taken: some("Files that were taken in before and lie there again, unchanged, where files are moved away."),
  })
  .nullable()
  .describe(
    "What the last look left where it is without refusing it; of OneDrive, all looks since everything was listed, which `POST /v1/connectors/{id}/sync` has done anew. Null before the first look.",
  );

/** The storages that look where this one does. */
export const samePlace = z
  .array(z.object({ id: z.string(), name: z.string() }))
  .describe(
    "Other connectors that look into the same folder, or into one that the other lies in: each file there would be two calls, or be moved away by one before the other finds it.",
  );
