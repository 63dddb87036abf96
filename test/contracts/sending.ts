import type { InboundRequest, Reading, Refusal } from "../../src/platforms";
import type { Result } from "../../src/lib/result";
import { bytesOf, type Bytes } from "./random-bytes";
import { isSigned, type SignedCase, type SourceCase } from "./source-case";

const DEFAULT_URL = "https://trunkline.test/webhook/x/src_1";

/** The fields as the platform writes them, before it proves anything. */
export function encoded(given: SourceCase, fields: Record<string, unknown>): Bytes {
  return bytesOf(given.encode ? given.encode(fields) : JSON.stringify(fields));
}

export function isJson({ contentType }: SourceCase): boolean {
  return /json/i.test(contentType);
}

type Changes = { at?: number; secret?: string; url?: string };

/** The request that the platform would send with this body. */
export async function signed(given: SignedCase, body: Bytes, changes: Changes = {}): Promise<InboundRequest> {
  const { sign, now, url: own = DEFAULT_URL } = given.signing;
  const { at = now, secret = given.config.secrets[0] ?? "", url = own } = changes;
  const proof = await sign(body, secret, at, url);
  const headers = new Headers({ "content-type": given.contentType });
  for (const [name, value] of Object.entries(proof.headers)) headers.set(name, value);
  return { url: proof.url ?? url, headers, body: proof.body ? new Uint8Array(proof.body) : body };
}

/** The bytes on the wire: the body, with its proof inside where it belongs there and one can be made. */
export async function onWire(given: SourceCase, body: Bytes): Promise<Bytes> {
  if (!isSigned(given) || !(await hasProofInside(given))) return body;
  try {
    return (await signed(given, body)).body;
  } catch {
    return body;
  }
}

/** Whether the platform's proof is part of the body. */
export async function hasProofInside(given: SignedCase): Promise<boolean> {
  const body = encoded(given, given.good);
  const { sign, now, url = DEFAULT_URL } = given.signing;
  return (await sign(body, given.config.secrets[0] ?? "", now, url)).body !== undefined;
}

/** What the source reads in the fields, sent as its platform sends them. */
export async function readFields(
  given: SourceCase,
  fields: Record<string, unknown>,
): Promise<Result<Reading, Refusal>> {
  return readBytes(given, await onWire(given, encoded(given, fields)));
}

export async function readBytes(
  { source, config, contentType }: SourceCase,
  body: Bytes,
  type = contentType,
): Promise<Result<Reading, Refusal>> {
  return source.read(body, type, config);
}
