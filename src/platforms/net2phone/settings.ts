import { z } from "zod";
import { commonSettings } from "../settings";

const fieldName = z
  .string()
  .regex(/^[A-Za-z0-9_$-]+(\.[A-Za-z0-9_$-]+)*$/, "must be a field's name, or names joined by dots")
  .max(200);

/** What may be set on a source of net2phone. What its documents leave open about its list of calls is here too. */
export const settings = commonSettings.extend({
  body_only_signature: z
    .boolean()
    .optional()
    .describe(
      "Whether a signature over the body alone is taken too, as older documents have it. Such requests can be sent again by whoever saw one.",
    ),
  api_url: z
    .url({ protocol: /^https?$/, error: "must be an https address" })
    .max(500)
    .optional()
    .describe("Where net2phone's API is; its host gets the API key. Default: `https://api.n2p.io/v2`."),
  several_recordings: z
    .boolean()
    .optional()
    .describe(
      "Whether each `call_recorded` of a call is a recording of its own. Then `recording_url` of `call_completed` is left out, so `call_recorded` must be subscribed to.",
    ),
  list_call_id_field: fieldName
    .optional()
    .describe(
      "Which field of a listed call holds what notices name `call_id`; most likely `id`. Lists are not compared until it is set: under a wrong one every call would come twice.",
    ),
  list_cursor_field: fieldName
    .optional()
    .describe("Where a page of the list says how to get the next one. Default: the usual names are looked for."),
  list_cursor_parameter: z
    .string()
    .regex(/^[A-Za-z0-9_]+$/, "must be a field's name")
    .max(100)
    .optional()
    .describe("The field of the search that asks for the next page. Default: `after`."),
});

export type Net2phoneSettings = z.infer<typeof settings>;

/** What lets us ask net2phone: for recordings, and for its list of calls. */
export const credentials = z.strictObject({
  api_key: z
    .string()
    .regex(/^[\x21-\x7e]+$/, "must be printable ASCII without spaces")
    .max(500)
    .describe("The API key of Settings > API, sent as `X-API-Key` to net2phone's hosts only."),
});

/** The API's address without a slash at its end. */
export function apiUrlOf({ api_url: url = "https://api.n2p.io/v2" }: Net2phoneSettings): string {
  return url.replace(/\/+$/, "");
}
