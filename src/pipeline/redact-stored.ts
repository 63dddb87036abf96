import { and, eq } from "drizzle-orm";
import { maskConversation, maskNamed, maskQuotes, maskText } from "../analysis";
import { alertIdOf, type CallRow } from "../calls";
import type { Database } from "../db/client";
import { readEventData, spilledKey } from "../events";
import { alerts, calls, events, searchMarks, type PiiKind } from "../db/schema";

/** Where events hold what was said as a whole. */
const WHOLE: ReadonlySet<string> = new Set(["summary", "transcript", "text", "action_results"]);
type Deps = { db: Database; bucket: R2Bucket };

/** Events of one call. */
const MOST_EVENTS = 200;

/**
 * Masks what is stored of a call from before its campaign redacted: what its platform sent, the quotes of its alert, and its
 * events, from which deliveries are made again. Its transcripts and scores are masked by the step itself. What is changed at
 * the same moment is left for another time; done twice it does no more.
 */
export async function redactStored(
  { db, bucket }: Deps,
  call: CallRow,
  kinds: readonly PiiKind[],
  now: number,
): Promise<void> {
  const { id, organizationId, version } = call;
  const whole = call.unmasked?.conversation ?? call.conversation;
  if (whole !== null) {
    const all = [...new Set([...kinds, ...(call.unmasked?.kinds ?? [])])];
    const conversation = maskConversation(whole, all);
    if (JSON.stringify(conversation) !== JSON.stringify(call.conversation))
      await db
        .update(calls)
        .set({ conversation, unmasked: { kinds: all, conversation: whole }, version: version + 1, updatedAt: now })
        .where(and(eq(calls.id, id), eq(calls.organizationId, organizationId), eq(calls.version, version)));
  }
  await maskAlert(db, { organizationId, id: alertIdOf(id) }, kinds);
  await maskEvents({ db, bucket }, call, kinds);
  await db.insert(searchMarks).values({ callId: id }).onConflictDoNothing();
}

async function maskAlert(
  db: Database,
  { organizationId, id }: { organizationId: string; id: string },
  kinds: readonly PiiKind[],
): Promise<void> {
  const named = and(eq(alerts.organizationId, organizationId), eq(alerts.id, id));
  const alert = await db.select({ fired: alerts.fired }).from(alerts).where(named).get();
  if (!alert) return;
  const fired = maskQuotes(alert.fired, kinds);
  if (JSON.stringify(fired) === JSON.stringify(alert.fired)) return;
  await db
    .update(alerts)
    .set({ fired })
    .where(and(named, eq(alerts.fired, alert.fired)));
}

async function maskEvents(
  { db, bucket }: Deps,
  { id, organizationId }: CallRow,
  kinds: readonly PiiKind[],
): Promise<void> {
  const rows = await db
    .select({ seq: events.seq, data: events.data })
    .from(events)
    .where(and(eq(events.stream, id), eq(events.organizationId, organizationId)))
    .limit(MOST_EVENTS);
  for (const { seq, data } of rows) {
    // What is too large for a row is in an object that it names, and stays under its name.
    const key = spilledKey(data);
    const whole = key === null ? data : await readEventData(bucket, data);
    const read = JSON.parse(whole) as object;
    const masked = JSON.stringify(
      maskQuotes(
        maskNamed(read, WHOLE, (text) => maskText(text, kinds)),
        kinds,
      ),
    );
    if (masked === whole) continue;
    if (key !== null) await bucket.put(key, masked);
    else
      await db
        .update(events)
        .set({ data: masked })
        .where(and(eq(events.stream, id), eq(events.seq, seq), eq(events.data, data)));
  }
}
