import { derivedKey, newestVersion } from "./derived-key";
import { fromBase64, hmac, toBase64, verifyHmac } from "./hmac";
import { err, ok, type Result } from "./result";
import type { MasterKeys } from "./seal";
import { DAY, SECOND } from "./time";

/** How long the link to a sent report works. */
export const REPORT_LINK_LIFETIME = 7 * DAY;

const PURPOSE = "report link";

/** What a link opens: this sending of this organization, until this time. */
export type ReportGrant = { organizationId: string; runId: string; expiresAt: number };

/** A link to a sent report that needs no other credential. `language`: of its heads; it is not part of what is signed. */
export async function signReportLink(
  { organizationId, runId, expiresAt }: ReportGrant,
  { publicUrl, masterKeys }: { publicUrl: string; masterKeys: MasterKeys },
  language?: string,
): Promise<string> {
  const newest = masterKeys.get(newestVersion(masterKeys));
  if (!newest) throw new Error("MASTER_KEYS is empty");
  const expires = String(Math.floor(expiresAt / SECOND));
  const key = await derivedKey(newest, PURPOSE);
  const signature = await hmac("SHA-256", key, signedText(organizationId, runId, expires));
  const query = new URLSearchParams({
    organization: organizationId,
    expires,
    ...(language !== undefined && { language }),
    signature: toBase64(signature).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, ""),
  });
  return `${publicUrl}/sent-reports/${encodeURIComponent(runId)}?${query.toString()}`;
}

/** The parts of a link as they came, unchecked. */
export type ReportLinkRequest = { organizationId: string; runId: string; expires: string; signature: string };

/** What a link opens. The signature is checked first, so that `over` is only answered to a link we made. */
export async function verifyReportLink(
  { organizationId, runId, expires, signature: sent }: ReportLinkRequest,
  masterKeys: MasterKeys,
  now: number,
): Promise<Result<ReportGrant, "invalid" | "over">> {
  const signature = fromBase64(sent);
  if (!signature || !/^\d{1,12}$/.test(expires)) return err("invalid");
  const text = signedText(organizationId, runId, expires);
  // All keys: rotating the master key breaks no link.
  const keys = await Promise.all([...masterKeys.values()].map((one) => derivedKey(one, PURPOSE)));
  const verdicts = await Promise.all(keys.map((key) => verifyHmac("SHA-256", key, text, signature)));
  if (!verdicts.includes(true)) return err("invalid");
  const expiresAt = Number(expires) * SECOND;
  return now < expiresAt ? ok({ organizationId, runId, expiresAt }) : err("over");
}

// JSON keeps the parts separate whatever they contain.
function signedText(organizationId: string, runId: string, expires: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(new TextEncoder().encode(JSON.stringify([organizationId, runId, expires])));
}
