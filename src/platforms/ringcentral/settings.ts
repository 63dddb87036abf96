import { z } from "zod";
import { platformUrl } from "../asking/platform-url";
import { commonSettings } from "../settings";

export const settings = commonSettings.extend({
  api_url: platformUrl("Where RingCentral's API is. Default: `https://platform.ringcentral.com`."),
  expect_recordings: z
    .boolean()
    .optional()
    .describe(
      "Whether every answered call has a recording, as with the filter `withRecordings=true`: it is then looked for in the call log when the call ends. Otherwise only recordings that a notice names are fetched.",
    ),
});

/** What may be set on a source of RingCentral. */
export type RingCentralSettings = z.infer<typeof settings>;

const text = z.string().min(1).max(4_000);

/** What lets us ask RingCentral: an app's JWT grant, which lasts, or a token, which ends within the hour. */
export const credentials = z
  .strictObject({
    client_id: text.optional().describe("Client ID of an app with JWT auth flow."),
    client_secret: text.optional().describe("Its client secret."),
    jwt: text.optional().describe("A JWT credential of a user with ReadCallLog and ReadCallRecording."),
    access_token: text
      .regex(/^[\x21-\x7e]+$/, "must be printable ASCII without spaces")
      .optional()
      .describe("In their place: an access token that something else renews."),
  })
  .refine(
    (given) =>
      given.access_token !== undefined ||
      (given.client_id !== undefined && given.client_secret !== undefined && given.jwt !== undefined),
    "must hold client_id, client_secret and jwt, or access_token",
  );
