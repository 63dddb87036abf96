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
  api_key: z.string().min(1).max(2_000).describe("API key with the scope recordings_export."),
});
