import { asc, inArray, lte } from "drizzle-orm";
import type { Database } from "../db/client";
import { valueList } from "../db/value-list";
import { inbox } from "../db/schema";
import { fromBase64, toBase64 } from "../lib/hmac";
import { SECOND } from "../lib/time";
import { ingestMessage, placementMessage, type IngestMessage, type PlacementMessage } from "./messages";
import type { OpenInbox } from "./senders";

// Under `npm start` the queue is in memory, so a message is written as a row first. After a crash it is sent again.

/** A row of this age that is still not processed was lost with the process that held it. */
const LOST_AFTER = 10 * SECOND;

const AT_ONCE = 100;

/** Writes the row, then sends. Resolves once the row is written, because the row survives a crash. */
export function tableInbox(db: Database, queue: Queue, now: () => number): OpenInbox {
  return {
    put: async (message) => {
      await db
        .insert(inbox)
        .values({ id: message.id, message: encode(message), sentAt: now() })
        .onConflictDoNothing();
      await queue.send(message, { contentType: "v8" });
    },
  };
}

/** Deletes messages that were processed. */
export async function clearInbox(db: Database, ids: readonly string[]): Promise<void> {
  await db.delete(inbox).where(inArray(inbox.id, valueList(ids)));
}

/**
 * Sends lost messages again. At least once: the consumer can process a message twice without harm. One that cannot be
 * read, as after a return to an earlier release, stays and keeps no other back.
 */
export async function resendInbox(db: Database, queue: Queue, now: number): Promise<void> {
  const lost = await db
    .select()
    .from(inbox)
    .where(lte(inbox.sentAt, now - LOST_AFTER))
    .orderBy(asc(inbox.sentAt))
    .limit(AT_ONCE);
  if (lost.length === 0) return;
  const ids = lost.map((row) => row.id);
  await db
    .update(inbox)
    .set({ sentAt: now })
    .where(inArray(inbox.id, valueList(ids)));
  for (const { id, message } of lost) {
    try {
      await queue.send(decode(message), { contentType: "v8" });
    } catch (cause) {
      console.error(JSON.stringify({ event: "inbox.not_sent_again", id, error: String(cause) }));
    }
  }
}

/** JSON, with the raw body in base64. */
function encode(message: IngestMessage | PlacementMessage): string {
  if ("kind" in message) return JSON.stringify(message);
  return JSON.stringify({ ...message, body: message.body && toBase64(message.body) });
}

function decode(text: string): IngestMessage | PlacementMessage {
  const stored = JSON.parse(text) as PlacementMessage | (Omit<IngestMessage, "body"> & { body: string | null });
  if ("kind" in stored) return placementMessage.parse(stored);
  return ingestMessage.parse({ ...stored, body: stored.body === null ? null : fromBase64(stored.body) });
}
