import { derivedKey, newestVersion } from "../../../lib/derived-key";
import { fromBase64, hmac, toBase64Url, verifyHmac } from "../../../lib/hmac";
import { err, ok, type Result } from "../../../lib/result";
import type { MasterKeys } from "../../../lib/seal";
import { HOUR, SECOND } from "../../../lib/time";

/** How long an engine may take over a recording: as long as its link to the audio opens it. */
export const ANSWER_WITHIN = 6 * HOUR;

/** Which run of which analysis an answer is of; `run` counts the claims before it, and so tells two of one engine apart. */
export type AnswerFor = { organizationId: string; analysisId: string; engine: string; run: number };

const PURPOSE = "engine answer";

/** The address that an engine answers to. It proves nothing by itself: the answer is signed with the engine's key. */
export async function signAnswerLink(
  link: AnswerFor & { publicUrl: string; masterKeys: MasterKeys; expiresAt: number },
): Promise<string> {
  const { masterKeys, publicUrl } = link;
  const newest = masterKeys.get(newestVersion(masterKeys));
  if (!newest) throw new Error("MASTER_KEYS is empty");
  const expires = String(Math.floor(link.expiresAt / SECOND));
  const signature = await hmac("SHA-256", await derivedKey(newest, PURPOSE), signedText(link, expires));
  const query = new URLSearchParams({
    organization: link.organizationId,
    engine: link.engine,
    run: String(link.run),
    expires,
    signature: toBase64Url(signature),
  });
  return `${publicUrl}/engine-answers/${encodeURIComponent(link.analysisId)}?${query.toString()}`;
}

/** What an address that we made is for, if it has not expired. Any key that may have signed it is tried. */
export async function readAnswerLink(
  analysisId: string,
  query: Readonly<Record<string, string>>,
  masterKeys: MasterKeys,
  now: number,
): Promise<Result<AnswerFor, "invalid" | "expired">> {
  const { organization = "", engine = "", run = "", expires = "", signature: given = "" } = query;
  const signature = fromBase64(given);
  if (!signature || !/^\d{1,12}$/.test(expires) || !/^\d{1,9}$/.test(run)) return err("invalid");
  const link = { organizationId: organization, analysisId, engine, run: Number(run) };
  const keys = await Promise.all([...masterKeys.values()].map((key) => derivedKey(key, PURPOSE)));
  const verdicts = await Promise.all(
    keys.map((key) => verifyHmac("SHA-256", key, signedText(link, expires), signature)),
  );
  if (!verdicts.includes(true)) return err("invalid");
  return now < Number(expires) * SECOND ? ok(link) : err("expired");
}

// JSON keeps the parts separate whatever they contain.
function signedText({ organizationId, analysisId, engine, run }: AnswerFor, expires: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(new TextEncoder().encode(JSON.stringify([organizationId, analysisId, engine, run, expires])));
}
