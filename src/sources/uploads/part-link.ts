import { derivedKey, newestVersion } from "../../lib/derived-key";
import { fromBase64, hmac, toBase64, verifyHmac } from "../../lib/hmac";
import { err, ok, type Result } from "../../lib/result";
import type { MasterKeys } from "../../lib/seal";
import { SECOND } from "../../lib/time";

const PURPOSE = "part link";

/** What a link grants: to send this part of this upload, until this time. */
export type PartGrant = { organizationId: string; uploadId: string; number: number };

/** The same as it was received, unchecked. */
export type PartRequest = PartGrant & { expires: string; signature: string };

/** Makes the links of an upload, which need no other credential. `expiresAt` is in milliseconds. */
export async function partLinks(
  masterKeys: MasterKeys,
  publicUrl: string,
  upload: { organizationId: string; id: string; expiresAt: number },
): Promise<(number: number) => Promise<string>> {
  const newest = masterKeys.get(newestVersion(masterKeys));
  if (!newest) throw new Error("MASTER_KEYS is empty");
  const key = await derivedKey(newest, PURPOSE);
  const expires = String(Math.floor(upload.expiresAt / SECOND));
  return async (number) => {
    const grant = { organizationId: upload.organizationId, uploadId: upload.id, number };
    const signature = toBase64(await hmac("SHA-256", key, signedText(grant, expires)));
    const query = new URLSearchParams({
      organization: upload.organizationId,
      expires,
      signature: signature.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, ""),
    });
    return `${publicUrl}/v1/part-uploads/${upload.id}/parts/${number}?${query.toString()}`;
  };
}

/** Whether one of the master keys signed the link and it has not expired. */
export async function verifyPartLink(
  { expires, signature: sent, ...grant }: PartRequest,
  masterKeys: MasterKeys,
  now: number,
): Promise<Result<PartGrant, "invalid" | "expired">> {
  const signature = fromBase64(sent);
  if (!signature || !/^\d{1,12}$/.test(expires)) return err("invalid");
  const keys = await Promise.all([...masterKeys.values()].map((masterKey) => derivedKey(masterKey, PURPOSE)));
  const text = signedText(grant, expires);
  const verdicts = await Promise.all(keys.map((key) => verifyHmac("SHA-256", key, text, signature)));
  if (!verdicts.includes(true)) return err("invalid");
  return now < Number(expires) * SECOND ? ok(grant) : err("expired");
}

// JSON keeps the parts separate whatever they contain.
function signedText({ organizationId, uploadId, number }: PartGrant, expires: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(new TextEncoder().encode(JSON.stringify([organizationId, uploadId, number, expires])));
}
