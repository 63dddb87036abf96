import { derivedKey, newestVersion } from "../lib/derived-key";
import { fromBase64, hmac, toBase64, verifyHmac } from "../lib/hmac";
import { err, ok, type Result } from "../lib/result";
import type { MasterKeys } from "../lib/seal";
import { HOUR, SECOND } from "../lib/time";

/** How long a link to an original works, in milliseconds: as long as somebody listens. */
export const ORIGINAL_LINK_LIFETIME = HOUR;

/** Who was given a link to the original of which recording, and until when it works. `actor` as the audit log writes it. */
export type OriginalGrant = { organizationId: string; recordingId: string; actor: string; expiresAt: number };

type Given = { organizationId: string; recordingId: string; actor: string; expires: string; signature: string };

const PURPOSE = "link to an original";

/**
 * A link to a recording as it came, with everything that was said. It names who it was made for, so that the log can say
 * who listened; a link to the muted recording does not open this one, since the keys differ.
 */
export async function signOriginalLink(
  link: OriginalGrant & { publicUrl: string; masterKeys: MasterKeys },
): Promise<string> {
  const newest = link.masterKeys.get(newestVersion(link.masterKeys));
  if (!newest) throw new Error("MASTER_KEYS is empty");
  const expires = String(Math.floor(link.expiresAt / SECOND));
  const signature = await hmac("SHA-256", await derivedKey(newest, PURPOSE), signedText({ ...link, expires }));
  const query = new URLSearchParams({
    organization: link.organizationId,
    actor: link.actor,
    expires,
    signature: toBase64(signature).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, ""),
  });
  return `${link.publicUrl}/recordings/${encodeURIComponent(link.recordingId)}/original?${query.toString()}`;
}

/** Whether such a link is one of ours and works still. */
export async function verifyOriginalLink(
  given: Given,
  masterKeys: MasterKeys,
  now: number,
): Promise<Result<OriginalGrant, "invalid" | "expired">> {
  const signature = fromBase64(given.signature);
  if (!signature || !/^\d{1,12}$/.test(given.expires)) return err("invalid");
  const keys = await Promise.all([...masterKeys.values()].map((key) => derivedKey(key, PURPOSE)));
  const verdicts = await Promise.all(keys.map((key) => verifyHmac("SHA-256", key, signedText(given), signature)));
  if (!verdicts.includes(true)) return err("invalid");
  const { organizationId, recordingId, actor, expires } = given;
  const expiresAt = Number(expires) * SECOND;
  return now < expiresAt ? ok({ organizationId, recordingId, actor, expiresAt }) : err("expired");
}

// JSON keeps the parts separate whatever they contain.
function signedText({
  organizationId,
  recordingId,
  actor,
  expires,
}: Omit<Given, "signature">): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(new TextEncoder().encode(JSON.stringify([organizationId, recordingId, actor, expires])));
}
