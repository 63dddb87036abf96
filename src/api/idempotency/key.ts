import type { Context } from "hono";
import { sha256Hex } from "../../lib/hmac";
import { readContentType } from "../../lib/http/content-type";
import { problem, send } from "../problem";
import { invalid } from "../../errors";
import type { ApiEnv } from "../router";

/** The key of a request, its body without an envelope, and the hash of what it asks for. */
export type NamedRequest = { key: string; body: string; fingerprint: string };

const HEADER = "idempotency-key";
const IN_BODY = "idempotencyKey";
const FORM = /^[\x20-\x7e]{1,255}$/;

/** The key in the header; a refusal where it is none. */
export function keyInHeader(c: Context<ApiEnv>): string | undefined | Response {
  const key = c.req.header(HEADER);
  if (key === undefined || FORM.test(key)) return key;
  const detail = "Idempotency-Key is 1 to 255 printable ASCII characters.";
  return send(c, 400, { code: "idempotency_key_invalid", title: "Unusable idempotency key", detail });
}

/**
 * The key of a request, from its header or from the envelope `{"idempotencyKey": …, "data": …}` of its body, which is
 * taken off. Reads the body, and puts it back.
 */
export async function nameRequest(c: Context<ApiEnv>): Promise<NamedRequest | undefined | Response> {
  const inHeader = keyInHeader(c);
  if (inHeader instanceof Response) return inHeader;
  const { type } = readContentType(c.req.header("content-type") ?? "");
  if (inHeader === undefined && !/\bjson$/.test(type)) return undefined;
  let text = await c.req.raw.text();
  const envelope = text.includes(`"${IN_BODY}"`) ? envelopeIn(text) : undefined;
  if (envelope) text = JSON.stringify(envelope.data);
  replaceBody(c, text);
  const inBody = envelope?.[IN_BODY];
  if (inBody !== undefined && (typeof inBody !== "string" || !FORM.test(inBody)))
    return problem(c, invalid(IN_BODY, "must be 1 to 255 printable ASCII characters"));
  if (inHeader !== undefined && inBody !== undefined && inHeader !== inBody) {
    const detail = "The header Idempotency-Key and idempotencyKey in the body differ.";
    return send(c, 400, { code: "idempotency_keys_differ", title: "Two idempotency keys", detail });
  }
  const key = inHeader ?? inBody;
  if (key === undefined) return undefined;
  return { key, body: text, fingerprint: await sha256Hex(`${new URL(c.req.url).search}\n${text}`) };
}

function envelopeIn(text: string): { idempotencyKey: unknown; data: unknown } | undefined {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // Whoever reads the body refuses it.
    return undefined;
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) return undefined;
  const isEnvelope = IN_BODY in body && "data" in body && Object.keys(body).length === 2;
  return isEnvelope ? (body as { idempotencyKey: unknown; data: unknown }) : undefined;
}

function replaceBody(c: Context<ApiEnv>, text: string): void {
  const { url, method, headers } = c.req.raw;
  const sent = new Headers(headers);
  sent.delete("content-length");
  c.req.raw = new Request(url, { method, headers: sent, ...(text === "" ? {} : { body: text }) });
}
