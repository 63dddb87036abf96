import { derivedKey, newestVersion } from "../lib/derived-key";
import { fromBase64, hmac, toBase64, verifyHmac } from "../lib/hmac";
import { err, ok, type Result } from "../lib/result";
import type { MasterKeys } from "../lib/seal";
import { DAY, HOUR, SECOND } from "../lib/time";

/** How long every link works, in milliseconds: the key that signed one is needed for as long. */
export const PLAYBACK_LINK_LIFETIME = DAY;
/** For who is limited to a part of the organization: a call may leave it, and the link would still open. */
export const LIMITED_LINK_LIFETIME = HOUR;

/** What a link grants: this recording, until this time. */
export type PlaybackGrant = { organizationId: string; recordingId: string; expiresAt: number };

/** The parts of a link as received: path and query, unchecked. */
export type PlaybackRequest = { organizationId: string; recordingId: string; expires: string; signature: string };

type PlaybackKey = Uint8Array<ArrayBuffer>;

const PURPOSE = "playback link";

/**
 * The key that signs links. Derived from the highest master key, so that a leaked link reveals nothing about sealed
 * secrets.
 */
export async function playbackKey(masterKeys: MasterKeys): Promise<PlaybackKey> {
  const newest = masterKeys.get(newestVersion(masterKeys));
  if (!newest) throw new Error("MASTER_KEYS is empty");
  return derivedKey(newest, PURPOSE);
}

/** All keys that may have signed a link that is still valid, so that rotating the master key breaks none. */
export function playbackKeys(masterKeys: MasterKeys): Promise<PlaybackKey[]> {
  return Promise.all([...masterKeys.values()].map((masterKey) => derivedKey(masterKey, PURPOSE)));
}

/** A link to the audio that needs no other credential. `expiresAt` is in milliseconds; the link has whole seconds. */
export async function signPlaybackLink(
  link: PlaybackGrant & { publicUrl: string; signingKey: PlaybackKey },
): Promise<string> {
  const expires = String(Math.floor(link.expiresAt / SECOND));
  const signature = await hmac("SHA-256", link.signingKey, signedText(link.organizationId, link.recordingId, expires));
  const query = new URLSearchParams({
    organization: link.organizationId,
    expires,
    signature: toBase64(signature).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, ""),
  });
  return `${link.publicUrl}/recordings/${encodeURIComponent(link.recordingId)}/audio?${query.toString()}`;
}

/**
 * Whether one of `keys` signed the link and it has not expired. The signature is checked first, so that `expired` is
 * only answered to a link we made.
 */
export async function verifyPlaybackLink(
  request: PlaybackRequest,
  keys: readonly PlaybackKey[],
  now: number,
): Promise<Result<PlaybackGrant, "invalid" | "expired">> {
  const { organizationId, recordingId, expires } = request;
  const signature = fromBase64(request.signature);
  if (!signature || !/^\d{1,12}$/.test(expires)) return err("invalid");
  const text = signedText(organizationId, recordingId, expires);
  const verdicts = await Promise.all(keys.map((key) => verifyHmac("SHA-256", key, text, signature)));
  if (!verdicts.includes(true)) return err("invalid");
  const expiresAt = Number(expires) * SECOND;
  return now < expiresAt ? ok({ organizationId, recordingId, expiresAt }) : err("expired");
}

// JSON keeps the parts separate whatever they contain.
function signedText(organizationId: string, recordingId: string, expires: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(new TextEncoder().encode(JSON.stringify([organizationId, recordingId, expires])));
}
