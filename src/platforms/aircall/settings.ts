import { z } from "zod";
import { platformUrl } from "../asking/platform-url";
import { commonSettings } from "../settings";

export const settings = commonSettings.extend({
  api_url: platformUrl("Where Aircall's API is. Default: `https://api.aircall.io`."),
});

/** What may be set on a source of Aircall. */
export type AircallSettings = z.infer<typeof settings>;

/** What lets us ask Aircall. */
export const credentials = z.strictObject({
  api_id: z.string().min(1).max(300).describe("API ID of a key, from Aircall's dashboard."),
  api_token: z.string().min(1).max(300).describe("API token of that key."),
});
