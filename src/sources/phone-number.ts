/**
 * The number in E.164, or null where it cannot be known: a national number says nothing of its country. ITU-T E.164
 * allows at most 15 digits after the plus, the first never 0; fewer than 7 is no public number.
 */
export function toE164(raw: string | null): string | null {
  if (raw === null || !raw.startsWith("+")) return null;
  const compact = raw.replace(/[\s().\-/]/g, "");
  return /^\+[1-9]\d{6,14}$/.test(compact) ? compact : null;
}
