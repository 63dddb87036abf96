import type { Database, Statement } from "../../db/client";
import { clearInbox } from "../../queues/table-inbox";
import type { IngestMessage } from "../../queues/messages";
import type { Nudges } from "../../queues/senders";
import {
  countLogged,
  defaultSourceOf,
  ensureDefaultSource,
  logInbound,
  sourceOf,
  type InboundEntry,
} from "../../sources";
import { nudgeCalls } from "../nudge";
import { countOf } from "./count-of";
import { mergeCalls } from "./merge-calls";
import { readNotices, type ReadMessage } from "./read-notices";

export type IngestParts = {
  db: Database;
  bucket: R2Bucket;
  nudges: Nudges;
  /** Whether a D1 row backs each message: then the row goes once the message is worked on. */
  backedByTable: boolean;
  now(): number;
  /** A token no other attempt has. */
  newWriter(): string;
};

/**
 * Works on one batch of inbound requests: one read, one write for all of them (log, calls, recordings, events), then the
 * nudges. Throws when the database does: the queue delivers again, and everything here can be done twice.
 */
export async function workOnIngest(parts: IngestParts, messages: readonly IngestMessage[]): Promise<void> {
  const { db, nudges } = parts;
  const { read, said } = await readNotices(db, parts.bucket, messages);
  const now = parts.now();
  const defaultSources = await newDefaultSources(db, read, now);
  await mergeCalls(
    parts,
    said,
    (quarantined) => {
      const entries = read.map((one) => entryOf(one, quarantined));
      const counted = entries.flatMap(countOf);
      return [
        ...defaultSources,
        // Before the log: what that holds has been counted.
        ...(counted.length > 0 ? [countLogged(db, counted)] : []),
        ...entries.map((entry) => logInbound(db, entry)),
      ];
    },
    now,
  );
  await nudgeCalls(
    db,
    nudges,
    said.map((one) => one.key.id),
    parts.now(),
  );
  // Only now is nothing left to do for these messages, whatever happens next.
  if (parts.backedByTable)
    await clearInbox(
      db,
      messages.map((message) => message.id),
    );
}

function entryOf(
  { message, outcome, reason, callIds }: ReadMessage,
  quarantined: ReadonlyMap<string, string>,
): InboundEntry {
  const callId = callIds[0] ?? null;
  const waitsFor = callIds.flatMap((id) => quarantined.get(id) ?? [])[0];
  return waitsFor
    ? { message, outcome: "quarantined" as const, reason: waitsFor, callId }
    : { message, outcome, reason, callId };
}

/** Calls come in on a shared path without anyone having made a source: the first of them makes it. */
async function newDefaultSources(db: Database, read: readonly ReadMessage[], now: number): Promise<Statement[]> {
  const made = new Map<string, Statement>();
  for (const { message, callIds } of read) {
    const platform = sourceOf(message.sourceKind);
    const { organizationId, sourceId: id } = message;
    if (platform?.authentication !== "api_key" || !platform.sharedPath) continue;
    if (callIds.length === 0 || id === null || made.has(id)) continue;
    if (id !== (await defaultSourceOf(platform.kind, organizationId))) continue;
    made.set(id, ensureDefaultSource(db, platform, organizationId, id, now));
  }
  return [...made.values()];
}
