import { and, eq } from "drizzle-orm";
import { maskConversation } from "../analysis";
import { areWordsDropped, wordsBefore, type CallRow } from "../calls";
import type { Database } from "../db/client";
import { legalHolds, type PiiKind } from "../db/schema";
import type { Campaign } from "./place-in-campaign";

/** A call as it is to be placed: what a legal hold may name. */
type Placed = Pick<CallRow, "campaignId" | "fromE164" | "fromRaw" | "toE164" | "toRaw">;

/** Whether what was said on a call is kept beside what is left of it once these kinds are masked. */
export type KeepsWords = (placed: Placed, kinds: readonly PiiKind[]) => boolean;

/**
 * Whether the words of a call are kept as its platform sends them: in a campaign that keeps no originals they are not, as
 * soon as they are masked, whatever becomes of its recordings, unless a legal hold is on the call. What was deleted once is not
 * brought back. What is stored already is not deleted here, but with an entry in the audit log (forget-original.ts).
 * Holds are read only where one of the campaigns that may be the call's keeps no originals.
 */
export async function wordsKeeper(
  db: Database,
  { id, organizationId }: Pick<CallRow, "id" | "organizationId">,
  known: CallRow | undefined,
  campaigns: readonly Campaign[],
): Promise<KeepsWords> {
  if (known && areWordsDropped(known)) return () => false;
  const dropping = campaigns.filter(
    (one) => one.organizationId === organizationId && one.settings.dropOriginals === true,
  );
  if (dropping.length === 0 || (known && wordsBefore(known) !== null)) return () => true;
  const holds = await db
    .select({ kind: legalHolds.kind, subject: legalHolds.subject })
    .from(legalHolds)
    .where(and(eq(legalHolds.organizationId, organizationId)));
  return ({ campaignId, fromE164, fromRaw, toE164, toRaw }, kinds) => {
    if (dropping.every((one) => one.id !== campaignId)) return true;
    const subjects = { call: [id], campaign: [campaignId], caller: [fromE164, fromRaw, toE164, toRaw] };
    return holds.some(({ kind, subject }) => subjects[kind].includes(subject)) || hasUnmasked(known, kinds);
  };
}

/** Whether the call has words that were never masked for these kinds: only a deletion with its entry removes them. */
function hasUnmasked(known: CallRow | undefined, kinds: readonly PiiKind[]): boolean {
  const said = known?.conversation ?? null;
  return said !== null && JSON.stringify(maskConversation(said, kinds)) !== JSON.stringify(said);
}
