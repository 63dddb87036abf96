import { fromBase64, fromHex, hmac as sign, toBase64, toHex, type Hash } from "../../../src/lib/hmac";
import { hmac } from "../../../src/platforms/hmac";
import type { SourceCase } from "../source-case";
import { OWN_FORMAT } from "./own-format";

// Based on: the schemes as their owners document them (GitHub, Stripe, Slack, Twilio's form); each way names its
// headers.
const NOW = 1_787_234_400_000;
const SECRET = "whsec_6d1f0c8b2a4e6f80917263544536271809fedcba98765432100123456789abcd";
const URL = "https://trunkline.test/webhook/hmac/src_1?tenant=9";

type Way = {
  name: string;
  settings: Record<string, unknown>;
  hash: Hash;
  key?(secret: string): string | Uint8Array<ArrayBuffer>;
  encode(bytes: Uint8Array): string;
  /** What is signed, as text before and after the body. */
  around(at: number, url: string): [before: string, after: string];
  headers(signature: string, at: number): Record<string, string>;
  toleranceMs: number | null;
  signsAddress?: true;
  wrongSecret?: string;
};

const seconds = (at: number) => String(Math.floor(at / 1_000));
const base64Url = (bytes: Uint8Array) => toBase64(bytes).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");

const WAYS: Way[] = [
  {
    name: "hmac, body alone in hexadecimal",
    settings: {},
    hash: "SHA-256",
    encode: toHex,
    around: () => ["", ""],
    headers: (signature) => ({ "X-Signature": signature }),
    toleranceMs: null,
  },
  {
    name: "hmac, behind a prefix",
    settings: { signature_header: "X-Hub-Signature-256", signature_prefix: "sha256=" },
    hash: "SHA-256",
    encode: toHex,
    around: () => ["", ""],
    headers: (signature) => ({ "X-Hub-Signature-256": `sha256=${signature}` }),
    toleranceMs: null,
  },
  {
    name: "hmac, a list of keys and values with the moment in it",
    settings: {
      signature_header: "Stripe-Signature",
      signature_key: "v1",
      timestamp_key: "t",
      signed: "{timestamp}.{body}",
    },
    hash: "SHA-256",
    encode: toHex,
    around: (at) => [`${seconds(at)}.`, ""],
    headers: (signature, at) => ({ "Stripe-Signature": `t=${seconds(at)},v1=${signature},v0=6ffbb59b` }),
    toleranceMs: 300_000,
  },
  {
    name: "hmac, a version and milliseconds before the body",
    settings: {
      signature_header: "X-Zm-Signature",
      signature_prefix: "v0=",
      signed: "v0:{timestamp}:{body}",
      timestamp_header: "X-Zm-Request-Timestamp",
      timestamp_unit: "ms",
      tolerance_seconds: 60,
    },
    hash: "SHA-256",
    encode: toHex,
    around: (at) => [`v0:${at}:`, ""],
    headers: (signature, at) => ({ "X-Zm-Signature": `v0=${signature}`, "X-Zm-Request-Timestamp": String(at) }),
    toleranceMs: 60_000,
  },
  {
    name: "hmac, address and body, SHA-1 in base64",
    settings: { algorithm: "sha1", encoding: "base64", signed: "{url}{body}" },
    hash: "SHA-1",
    encode: toBase64,
    around: (_at, url) => [url, ""],
    signsAddress: true,
    headers: (signature) => ({ "X-Signature": signature }),
    toleranceMs: null,
  },
  {
    name: "hmac, id and ISO moment, SHA-512 in base64url, a hexadecimal secret",
    settings: {
      algorithm: "sha512",
      encoding: "base64url",
      signed: "{id}.{timestamp}.{body}",
      id_header: "X-Id",
      timestamp_header: "X-At",
      timestamp_unit: "iso",
      secret_encoding: "hex",
    },
    hash: "SHA-512",
    key: (secret) => fromHex(secret.replace("whsec_", "")) ?? "",
    encode: base64Url,
    around: (at) => [`n-1.${new Date(at).toISOString()}.`, ""],
    headers: (signature, at) => ({ "X-Signature": signature, "X-Id": "n-1", "X-At": new Date(at).toISOString() }),
    toleranceMs: 300_000,
    wrongSecret: SECRET.replace("whsec_6", "whsec_7"),
  },
  {
    name: "hmac, body before the moment, a base64 secret, several signatures",
    settings: {
      encoding: "base64",
      signature_prefix: "v1,",
      signed: "{body}.{timestamp}",
      timestamp_header: "X-At",
      secret_encoding: "base64",
    },
    hash: "SHA-256",
    key: (secret) => fromBase64(secret.replace("whsec_", "")) ?? "",
    encode: toBase64,
    around: (at) => ["", `.${seconds(at)}`],
    headers: (signature, at) => ({ "X-Signature": `v2,xxxx v1,AAAA v1,${signature}`, "X-At": seconds(at) }),
    toleranceMs: 300_000,
    wrongSecret: SECRET.replace("whsec_6", "whsec_7"),
  },
];

export const cases: SourceCase[] = WAYS.map(
  ({ name, settings, hash, key, encode, around, headers, toleranceMs, signsAddress, wrongSecret }) => ({
    name,
    source: hmac,
    config: {
      id: "src_1",
      organizationId: "org_1",
      kind: "hmac",
      campaignId: null,
      settings: hmac.settings.parse(settings),
      secrets: [SECRET],
      state: "active",
    },
    contentType: "application/json",
    ...OWN_FORMAT,
    signing: {
      now: NOW,
      url: signsAddress ? URL : undefined,
      // Which headers count is a setting, so nothing can be told from the headers alone
      // (test/core/sources/hmac.test.ts).
      signatureHeader: null,
      timestampHeader: null,
      toleranceMs,
      coversBody: true,
      wrongSecret,
      sign: async (body, secret, at, url) => {
        const [before, after] = around(at, url).map((text) => new TextEncoder().encode(text));
        const message = new Uint8Array([...(before ?? []), ...body, ...(after ?? [])]);
        return { headers: headers(encode(await sign(hash, key?.(secret) ?? secret, message)), at) };
      },
    },
  }),
);
