import { z } from "zod";
import { commonSettings } from "../settings";

export const settings = commonSettings.extend({
  recording_format: z
    .enum(["mp3", "wav"])
    .optional()
    .describe("The form recordings are fetched in, where Telnyx has both. Default: `mp3`."),
  recording_links: z
    .enum(["notice", "api"])
    .optional()
    .describe(
      "`notice`: recordings are fetched from the notice's link, which dies after ten minutes. `api`: a fresh link is asked for each time, which needs credentials. Default: `notice`.",
    ),
});

export type TelnyxSettings = z.infer<typeof settings>;

export const credentials = z.strictObject({
  api_key: z
    .string()
    .regex(/^[\x21-\x7e]{10,500}$/, "must be an API key V2: KEY…")
    .describe("An API key V2: Mission Control Portal > API Keys."),
});
