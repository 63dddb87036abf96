import { z } from "zod";
import { isSupportedCountry } from "libphonenumber-js/min";
import { isTimeZone } from "./reading/clock-time";

const HOST = /^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** What may be set on a source of any platform. */
export const commonSettings = z.strictObject({
  time_zone: z
    .string()
    .max(100)
    .refine(isTimeZone, "must be an IANA time zone, e.g. America/Argentina/Buenos_Aires")
    .optional()
    .describe("IANA zone of the platform's clock times that carry none."),
  country: z
    .string()
    .refine((code) => isSupportedCountry(code), "must be a country by its two capital letters (ISO 3166), e.g. AR")
    .optional()
    .describe("Country whose national numbers the platform writes, to know them in E.164. ISO 3166, e.g. `AR`."),
  recording_hosts: z
    .array(z.string().max(253).regex(HOST, "must be a host name in lower case, or `*.` and one"))
    .max(50)
    .optional()
    .describe(
      "The only hosts a notice's recording may be at; `*.example.com` stands for every host below. Redirects may lead on.",
    ),
  allow_http_recordings: z.boolean().optional().describe("Whether recordings may come over plain http."),
  operator_channel: z
    .number()
    .int()
    .min(0)
    .max(31)
    .optional()
    .describe("The channel of its recordings that carries the operator; 0, the left one, where this is not set."),
  campaigns: z
    .record(z.string().min(1).max(200), z.string().max(200))
    .refine((map) => Object.keys(map).length <= 500, "may name at most 500 accounts")
    .optional()
    .describe("Which campaign the calls of each account, site or line of the platform belong to."),
  reconcile: z
    .boolean()
    .optional()
    .describe("Whether the platform's own list of calls is compared with ours. Default: where credentials are set."),
});

export type CommonSettings = z.infer<typeof commonSettings>;

/** Whether a notice's recording may be fetched from this host, going by the setting `recording_hosts`. */
export function isRecordingHost(hosts: readonly string[] | undefined, host: string): boolean {
  if (hosts === undefined || hosts.length === 0) return true;
  return hosts.some((allowed) => (allowed.startsWith("*.") ? host.endsWith(allowed.slice(1)) : host === allowed));
}
