import { z } from "zod";
import { platformUrl } from "../asking/platform-url";
import { commonSettings } from "../settings";

export const settings = commonSettings.extend({
  api_url: platformUrl("Where Zoom's API is. Default: `https://api.zoom.us`."),
  oauth_url: platformUrl("Where Zoom gives access tokens. Default: `https://zoom.us`."),
});

/** What may be set on a source of Zoom Phone. */
export type ZoomSettings = z.infer<typeof settings>;

const text = z.string().min(1).max(300);

/** What lets us ask Zoom: a Server-to-Server OAuth app. */
export const credentials = z.strictObject({
  account_id: text.describe("Account ID of a Server-to-Server OAuth app."),
  client_id: text.describe("Its client ID."),
  client_secret: text.describe("Its client secret."),
});
