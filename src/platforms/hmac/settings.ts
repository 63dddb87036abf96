import { z } from "zod";
import { mappingSetting } from "../mapping";
import { commonSettings } from "../settings";
import { parsePattern, placesIn } from "./verify-pattern";

const header = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, "must be the name of a header");
const key = z.string().regex(/^[A-Za-z0-9_-]{1,50}$/, "must be a word of letters, digits, - and _");

const fields = commonSettings.extend({
  mapping: mappingSetting,
  algorithm: z.enum(["sha256", "sha1", "sha512"]).optional().describe("Default: sha256."),
  encoding: z.enum(["hex", "base64", "base64url"]).optional().describe("Of the signature. Default: hex."),
  signature_header: header.optional().describe("Default: X-Signature."),
  signature_prefix: z
    .string()
    .regex(/^[\x21-\x7e]{0,50}$/, "must be at most 50 printable ASCII characters without spaces")
    .optional()
    .describe("What stands before each signature in its header, e.g. `sha256=` or `v1,`. Others are passed over."),
  signature_key: key
    .optional()
    .describe("Where the header is a list such as `t=1700000000,v1=ab12…`: the signature's key."),
  signed: z
    .string()
    .min(1)
    .max(200)
    .superRefine((text, issues) => {
      const parsed = parsePattern(text);
      if (!parsed.ok) issues.addIssue({ code: "custom", message: parsed.error });
    })
    .optional()
    .describe("What is signed, of {body}, {timestamp}, {id}, {url} and text between. Default: {body}."),
  timestamp_header: header.optional().describe("The header that holds the moment of signing."),
  timestamp_key: key.optional().describe("Its key, where it stands in the list with the signature."),
  timestamp_unit: z.enum(["s", "ms", "iso"]).optional().describe("Default: s."),
  tolerance_seconds: z
    .int()
    .min(1)
    .max(86_400)
    .optional()
    .describe("How far that moment may be from now. Default: 300."),
  id_header: header.optional().describe("The header that holds the notice's id, where it is signed."),
  secret_encoding: z
    .enum(["text", "hex", "base64"])
    .optional()
    .describe("What the secret's text is. Default: text, its bytes in UTF-8. Else a leading whsec_ is no part of it."),
});

/** What a system's way of signing is made of. Each has a default, so that the settings of a fresh source are whole. */
export const settings = fields.superRefine((given, issues) => {
  const places = placesIn(given.signed ?? "{body}");
  const need = (field: string, message: string) => issues.addIssue({ code: "custom", path: [field], message });
  const hasTimestamp = given.timestamp_header !== undefined || given.timestamp_key !== undefined;
  if (places.has("timestamp") && !hasTimestamp) {
    need("timestamp_header", "is required, or timestamp_key: the signed text holds {timestamp}");
  }
  if (places.has("id") && given.id_header === undefined) {
    need("id_header", "is required: the signed text holds {id}");
  }
  if (given.timestamp_header !== undefined && given.timestamp_key !== undefined) {
    need("timestamp_key", "is used only where there is no timestamp_header");
  }
  if (given.timestamp_key !== undefined && given.signature_key === undefined) {
    need("signature_key", "is required: the timestamp stands in a list with the signature");
  }
  if (given.signature_key !== undefined && given.signature_prefix !== undefined) {
    need("signature_prefix", "is used only where there is no signature_key");
  }
  if (given.tolerance_seconds !== undefined && !hasTimestamp) {
    need("tolerance_seconds", "is used only with a timestamp");
  }
});

export type HmacSettings = z.infer<typeof settings>;
