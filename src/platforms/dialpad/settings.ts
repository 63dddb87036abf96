import { z } from "zod";
import { platformUrl } from "../asking/platform-url";
import { commonSettings } from "../settings";

export const settings = commonSettings.extend({
  api_url: platformUrl(
    "Another address of Dialpad, e.g. `https://dialpadbeta.com`: recordings there get the API key as well.",
  ),
});

/** What may be set on a source of Dialpad. */
export type DialpadSettings = z.infer<typeof settings>;

/** What lets us fetch its recordings. */
export const credentials = z.strictObject({
  api_key: z
    .string()
    .regex(/^[\x21-\x7e]{1,2000}$/, "must be printable ASCII without spaces")
    .describe("API key with the scope recordings_export."),
});
