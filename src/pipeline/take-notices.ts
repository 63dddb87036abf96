import { platformOf } from "../platforms";
import { writeRows, type RowWrite } from "../db/rows";
import { clearInbox } from "../queues/table-inbox";
import type { IngestMessage } from "../queues/messages";
import type { Nudges } from "../queues/senders";
import {
  countLogged,
  defaultSourceOf,
  ensureDefaultSource,
  forgetLate,
  logInbound,
  relogInbound,
  type InboundEntry,
  type LateRequest,
} from "../sources";
import { countOf } from "./count-of";
import type { FollowDeps } from "./follow";
import { mergeCalls, type Alongside, type MergeDeps, type PlacedCall } from "./merge-calls";
import { mayConcern } from "./place-in-campaign";
import { fedName, namesItsCampaign, readNotices, type ReadMessage } from "./read-notices";

export type TakeNoticesDeps = MergeDeps &
  FollowDeps & {
    nudges: Nudges;
    /** Whether a D1 row backs each message: then the row goes once the message is worked on. */
    backedByTable: boolean;
    now(): number;
  };

/**
 * Works on one batch of inbound requests: one read, one write for all of them (log, calls, recordings, events), then
 * what follows. Throws when the database does: the queue delivers again, and everything here can be done twice.
 */
export async function workOnIngest(deps: TakeNoticesDeps, messages: readonly IngestMessage[]): Promise<void> {
  const { db } = deps;
  const { read, reported, otherwiseFed } = await readNotices(db, deps.bucket, messages);
  const now = deps.now();
  const defaultSources = await newDefaultSources(read, now);
  const log: Alongside = (placed, again) => {
    if (again !== undefined) {
      const changed = read.filter((one) => one.callIds.some((id) => again.has(id)));
      return writeRows(
        db,
        changed.map((one) => relogInbound(entryOf(one, placed, otherwiseFed))),
      );
    }
    const entries = read.map((one) => entryOf(one, placed, otherwiseFed));
    const counted = entries.flatMap(countOf);
    // Counted before they are logged: what the log holds has been counted.
    const counts = counted.length > 0 ? [countLogged(db, counted)] : [];
    return [...writeRows(db, defaultSources), ...counts, ...writeRows(db, logInbound(entries))];
  };
  const { erased } = await mergeCalls(deps, reported, log, now);
  if (erased.size > 0) await forgetLate(deps, lateAmong(read, erased));
  // Only now is nothing left to do for these messages, whatever happens next.
  if (deps.backedByTable)
    await clearInbox(
      db,
      messages.map((message) => message.id),
    );
}

function lateAmong(read: readonly ReadMessage[], erased: ReadonlySet<string>): LateRequest[] {
  return read
    .filter(({ callIds }) => callIds.some((id) => erased.has(id)))
    .map(({ message, callIds }) => ({ message, alsoOfOthers: !callIds.every((id) => erased.has(id)) }));
}

function entryOf(
  { message, outcome, reason, callIds }: ReadMessage,
  placed: ReadonlyMap<string, PlacedCall>,
  otherwiseFed: ReadonlySet<string>,
): InboundEntry {
  const callId = callIds[0] ?? null;
  const calls = callIds.flatMap((id) => {
    const place = placed.get(id);
    return place ? [{ id, ...place }] : [];
  });
  // A call of another campaign than the sender's key is limited to: nothing it said was taken.
  if (calls.length > 0 && calls.every((call) => !mayConcern(message, call.campaignId)))
    return { message, outcome: "refused" as const, reason: "campaign_not_allowed", callId };
  // Under the call that waits: with it the request leaves quarantine.
  const waiting = calls.find((call) => call.quarantine !== null);
  if (waiting) return { message, outcome: "quarantined" as const, reason: waiting.quarantine, callId: waiting.id };
  const isForeign = ({ campaignId }: PlacedCall) =>
    namesItsCampaign(message) && campaignId !== null && otherwiseFed.has(fedName(message.sourceKind, campaignId));
  // Taken all the same: the number may be a slip, and the call is better in a wrong campaign than nowhere.
  if (outcome === "accepted" && calls.some(isForeign))
    return { message, outcome, reason: "campaign_of_another_source", callId };
  return { message, outcome, reason, callId };
}

/** Calls come in on a shared path without anyone having made a source: the first of them makes it. */
async function newDefaultSources(read: readonly ReadMessage[], now: number): Promise<RowWrite[]> {
  const made = new Map<string, RowWrite>();
  for (const { message, callIds } of read) {
    const platform = platformOf(message.sourceKind);
    const { organizationId, sourceId: id } = message;
    if (platform?.authentication !== "api_key" || !platform.sharedPath) continue;
    if (callIds.length === 0 || id === null || made.has(id)) continue;
    if (id !== (await defaultSourceOf(platform.kind, organizationId))) continue;
    made.set(id, ensureDefaultSource(platform, organizationId, id, now));
  }
  return [...made.values()];
}
