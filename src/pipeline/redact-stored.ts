import { and, asc, eq, gt, sql } from "drizzle-orm";
import {
  maskAnswers,
  maskConversation,
  maskFound,
  maskNamed,
  maskQuotes,
  maskText,
  maskValue,
  maskValuesNamed,
} from "../analysis";
import { alertIdOf, areWordsDropped, platformAnalysisIdOf, rulesAnalysisIdOf, type CallRow } from "../calls";
import { changesOf, type Database } from "../db/client";
import { readEventData, spilledKey } from "../events";
import { forgetWords } from "./forget-original";
import {
  alerts,
  analyses,
  callActions,
  calls,
  events,
  reviews,
  searchMarks,
  type Conversation,
  type PiiKind,
} from "../db/schema";

/** Where events hold what was said as a whole. */
const WHOLE: ReadonlySet<string> = new Set(["summary", "transcript", "text"]);
/** Where they hold what servers and engines answered about it, of any form: a number in it may be a card's. */
const VALUES: ReadonlySet<string> = new Set(["action_results", "result", "reason", "custom"]);
type Deps = { db: Database; bucket: R2Bucket };

/** How often what is changed meanwhile is read again: a reviewer's answers are stored every second or so, at most. */
const TRIES = 5;
/** Events read at a time. */
const EVENTS_AT_ONCE = 200;

/**
 * Masks what is stored of a call from before its campaign redacted: what its platform sent and found, what rules found in
 * that, the quotes of its alert, what its post-call actions were answered, and its events, from which deliveries are made
 * again. Its transcripts and scores are masked by the step itself. What is changed at the same moment is left for another
 * time; done twice it does no more.
 */
export async function redactStored(
  { db, bucket }: Deps,
  call: CallRow,
  kinds: readonly PiiKind[],
  now: number,
): Promise<void> {
  const { id, organizationId, version } = call;
  const all = [...new Set([...kinds, ...(call.unmasked?.kinds ?? [])])];
  const whole = call.unmasked?.conversation ?? call.conversation;
  const masked = {
    conversation: whole && maskConversation(whole, all),
    custom: maskValue(call.custom, all) as CallRow["custom"],
  };
  if (JSON.stringify(masked) !== JSON.stringify({ conversation: call.conversation, custom: call.custom }))
    await db
      .update(calls)
      .set({
        ...masked,
        unmasked: unmaskedBy(call, all, whole, masked.conversation),
        version: version + 1,
        updatedAt: now,
      })
      .where(and(eq(calls.id, id), eq(calls.organizationId, organizationId), eq(calls.version, version)));
  await maskAlert(db, { organizationId, id: alertIdOf(id) }, kinds);
  for (const analysisId of [platformAnalysisIdOf(id), rulesAnalysisIdOf(id)])
    await maskUnheard(db, { callId: id, organizationId, analysisId }, kinds);
  await maskActions(db, call, kinds);
  await maskPrefills(db, call, kinds);
  await maskEvents({ db, bucket }, call, kinds);
  await forgetWords(db, id, now);
  await db.insert(searchMarks).values({ callId: id }).onConflictDoNothing();
}

/** What is kept beside what is masked: where what it was was deleted, no more than what is masked. */
function unmaskedBy(call: CallRow, kinds: PiiKind[], whole: Conversation | null, masked: Conversation | null) {
  if (areWordsDropped(call)) return { kinds, conversation: masked, dropped: true as const };
  return { kinds, conversation: whole };
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

/** What was found without a recording, by the platform of a call or by rules in its words: it may have what was said. */
async function maskUnheard(
  db: Database,
  { callId, organizationId, analysisId }: { callId: string; organizationId: string; analysisId: string },
  kinds: readonly PiiKind[],
): Promise<void> {
  const named = and(
    eq(analyses.callId, callId),
    eq(analyses.id, analysisId),
    eq(analyses.organizationId, organizationId),
  );
  const found = await db.select({ scores: analyses.scores, risk: analyses.risk }).from(analyses).where(named).get();
  if (!found) return;
  const masked = maskFound(found, kinds);
  if (JSON.stringify(masked) === JSON.stringify(found)) return;
  await db.update(analyses).set(masked).where(named);
}

/** Results of actions under way are masked when they end (act-on-calls.ts). */
async function maskActions(db: Database, { id, organizationId }: CallRow, kinds: readonly PiiKind[]): Promise<void> {
  const named = and(eq(callActions.callId, id), eq(callActions.organizationId, organizationId));
  const acted = await db
    .select({ steps: callActions.steps, claims: callActions.claims })
    .from(callActions)
    .where(and(named, eq(callActions.state, "completed")))
    .get();
  if (!acted) return;
  const steps = maskAnswers(acted.steps, kinds);
  if (JSON.stringify(steps) === JSON.stringify(acted.steps)) return;
  await db
    .update(callActions)
    .set({ steps })
    .where(and(named, eq(callActions.state, "completed"), eq(callActions.claims, acted.claims)));
}

/**
 * What engines answered to scorecards, and by which words. Reviewers answer meanwhile, which is noted in the same column: what
 * is masked is written over what it was read from alone, and read again where that was changed. Throws where that is so
 * each time.
 */
async function maskPrefills(db: Database, { id, organizationId }: CallRow, kinds: readonly PiiKind[]): Promise<void> {
  const ofCall = and(eq(reviews.callId, id), eq(reviews.organizationId, organizationId));
  const readText = { id: reviews.id, text: sql<string | null>`${reviews.prefill}` };
  for (let time = 0; time < TRIES; time += 1) {
    const rows = await db.select(readText).from(reviews).where(ofCall);
    let isDone = true;
    for (const { id: reviewId, text } of rows) {
      if (text === null) continue;
      const known: unknown = JSON.parse(text);
      const masked = maskValue(known, kinds);
      if (JSON.stringify(masked) === JSON.stringify(known)) continue;
      const written = await db
        .update(reviews)
        .set({ prefill: masked })
        .where(and(ofCall, eq(reviews.id, reviewId), sql`${reviews.prefill} = ${text}`));
      isDone &&= changesOf(written) > 0;
    }
    if (isDone) return;
  }
  // What runs this runs it again: returning would record as masked what is not.
  throw new Error("the answers of engines were changed as often as they were masked");
}

async function maskEvents({ db, bucket }: Deps, { id, organizationId }: CallRow, kinds: readonly PiiKind[]) {
  for (let after = 0; ;) {
    const rows = await db
      .select({ seq: events.seq, data: events.data })
      .from(events)
      .where(and(eq(events.stream, id), eq(events.organizationId, organizationId), gt(events.seq, after)))
      .orderBy(asc(events.seq))
      .limit(EVENTS_AT_ONCE);
    for (const row of rows) await maskEvent({ db, bucket }, id, row, kinds);
    const last = rows.at(-1);
    if (!last || rows.length < EVENTS_AT_ONCE) return;
    after = last.seq;
  }
}

async function maskEvent(
  { db, bucket }: Deps,
  stream: string,
  { seq, data }: { seq: number; data: string },
  kinds: readonly PiiKind[],
): Promise<void> {
  // What is too large for a row is in an object that it names, and stays under its name.
  const key = spilledKey(data);
  const whole = key === null ? data : await readEventData(bucket, data);
  const read = JSON.parse(whole) as object;
  const texts = maskNamed(read, WHOLE, (text) => maskText(text, kinds));
  const masked = JSON.stringify(maskQuotes(maskValuesNamed(texts, VALUES, kinds), kinds));
  if (masked === whole) return;
  if (key !== null) await bucket.put(key, masked);
  else
    await db
      .update(events)
      .set({ data: masked })
      .where(and(eq(events.stream, stream), eq(events.seq, seq), eq(events.data, data)));
}
