import { z } from "zod";
import { within } from "../../lib/deadline";
import { checkUrl, type GuardPolicy } from "../../lib/network-guard";
import { err, ok, type Result } from "../../lib/result";
import { SECOND } from "../../lib/time";

/** For the whole of one question, the body of its answer included. */
export const KEYS_DEADLINE = 5 * SECOND;
/** Issuers publish two to five keys, of half a kilobyte each; those with certificates some more. */
export const MAX_KEYS_BYTES = 64 * 1024;
const MAX_KEYS = 20;

const part = z.string().max(1_400);
const name = z.string().max(200);

/** Only what checks a signature: certificates and other fields of a key are left out. */
const publicKey = z.object({
  kty: z.enum(["RSA", "EC", "OKP"]),
  kid: name.optional(),
  alg: name.optional(),
  use: name.optional(),
  key_ops: z.array(name).max(10).optional(),
  crv: name.optional(),
  n: part.optional(),
  e: part.optional(),
  x: part.optional(),
  y: part.optional(),
});

/** Each key is judged by itself: one that we cannot read leaves the others. */
const keyList = z.object({ keys: z.array(z.record(z.string(), z.unknown())) });

export type KeySet = { keys: z.infer<typeof publicKey>[] };

/** Asks an issuer for its keys. The failure is a sentence for the organization's owner, without what was answered. */
export async function fetchKeys(
  url: string,
  { guardPolicy, fetch }: { guardPolicy: GuardPolicy; fetch: typeof globalThis.fetch },
): Promise<Result<KeySet, string>> {
  const checked = await checkUrl(url, guardPolicy);
  if (!checked.ok) return err(checked.error.message);
  const { href, host } = checked.value;
  const controller = new AbortController();
  try {
    // A redirect could lead where the guard would not.
    const headers = { accept: "application/json, application/jwk-set+json", "user-agent": "Trunkline" };
    const asked = fetch(href, { headers, redirect: "manual", signal: controller.signal });
    const answered = await within(
      KEYS_DEADLINE,
      asked.then((response) => readKeys(response, host)),
    );
    return answered.expired ? err(`${host} did not answer within ${KEYS_DEADLINE / SECOND} seconds`) : answered.value;
  } catch {
    return err(`${host} could not be reached`);
  } finally {
    // After a whole answer this does nothing; after anything else it ends the connection.
    controller.abort();
  }
}

async function readKeys(response: Response, host: string): Promise<Result<KeySet, string>> {
  if (response.status !== 200) return err(`${host} answered ${response.status} instead of 200`);
  const text = await readText(response);
  if (text === undefined) return err(`${host} sent more than ${MAX_KEYS_BYTES / 1024} kB`);
  const set = parseKeys(text);
  return set ? ok(set) : err(`${host} sent no key set with a public key that can be used`);
}

/** The usable keys of a published set; undefined where there is none. A private or symmetric key is not usable. */
export function parseKeys(text: string): KeySet | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const listed = keyList.safeParse(parsed).data?.keys ?? [];
  const keys = listed
    .slice(0, MAX_KEYS)
    .flatMap((one) => (Object.hasOwn(one, "d") ? [] : (publicKey.safeParse(one).data ?? [])));
  return keys.length > 0 ? { keys } : undefined;
}

async function readText(response: Response): Promise<string | undefined> {
  if (!response.body) return "";
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.length;
    if (size > MAX_KEYS_BYTES) return undefined;
    text += decoder.decode(value, { stream: true });
  }
}
