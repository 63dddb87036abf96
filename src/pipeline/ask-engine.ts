import { and, eq } from "drizzle-orm";
import {
  ANALYSIS_GIVE_UP_AFTER,
  DEFAULT_ENGINE,
  engineNames,
  hasModel,
  isMeasuring,
  listAnalyses,
  listEngines,
  newRun,
  NO_RECORDING,
  packRuns,
  runsOf,
  type AnalysisRow,
  type OfferedEngines,
} from "../analysis";
import { readCall, type CallRow } from "../calls";
import { readDefaultRedaction, redactedIn } from "../campaigns";
import type { Database } from "../db/client";
import { analyses, campaigns, type PiiKind } from "../db/schema";
import { NUDGE_AFTER } from "../db/work";
import { invalid, notFound, type DomainError } from "../errors";
import { recordAct, type Act, type Within } from "../identity";
import { err, ok, type Result } from "../lib/result";
import type { Nudges } from "../queues/senders";
import { listRecordings, REDACTION_ENGINE } from "../recordings";
import { redactStored } from "./redact-stored";
import { startAnalysis } from "./start-analysis";

export type AskDeps = {
  db: Database;
  bucket: R2Bucket;
  nudges: Pick<Nudges, "analyses" | "events">;
  offeredEngines: OfferedEngines;
};

/**
 * Runs of one analysis, those of other versions and engines included: what is asked more often is a mistake. The step that
 * redacts is not held to it: however often a recording was heard, what is private in it can be taken out.
 */
const MOST_RUNS = 20;
const MOST_RECORDINGS = 50;

/**
 * Has an engine hear the recordings of a call that have been analysed, again or for the first time. What it finds is told
 * by `analysis.updated`. The ids of the analyses it was asked for: none where all of them have a run of this engine and model
 * since `unlessSince`, so that a question that is repeated is not paid for twice.
 *
 * The step that redacts is for every recording that is kept: one that its campaign did not have analysed is analysed now,
 * since without words nothing can be found in it, and nobody hears it until then; so is one that could not be read before. A
 * call without any has what is stored of it masked, and none to ask about.
 *
 * The built-in engine measures those again that an earlier version of it measured.
 */
export async function askEngine(
  deps: AskDeps,
  target: Within & { callId: string; unlessSince?: number },
  asked: AskedEngine,
  act: Act,
): Promise<Result<string[], DomainError>> {
  const { now } = act;
  const { db } = deps;
  const { engine } = asked;
  const call = await readCall(db, { ...target, id: target.callId });
  if (!call.ok) return call;
  const known = await knowsEngine(deps, target, asked);
  if (!known.ok) return known;
  const kinds = engine === REDACTION_ENGINE ? await kindsOf(db, call.value) : [];
  if (engine === REDACTION_ENGINE && kinds.length === 0) return err(REDACTS_NOTHING);
  const { rows } = await listAnalyses(db, { ...target, filter: { callId: target.callId }, limit: MOST_RECORDINGS });
  const ready = rows.map(({ analysis }) => analysis).filter(({ findings }) => findings !== null);
  const isStep = engine === REDACTION_ENGINE;
  const isOld = ({ engineVersion }: AnalysisRow) => engineVersion !== DEFAULT_ENGINE.version;
  const readyFor = isMeasuring(asked) ? ready.filter(isOld) : ready;
  const analysed = rows.map(({ analysis }) => analysis);
  const toBegin = isStep ? await withoutAnalysis(db, target, analysed) : [];
  const toHear = isStep ? [...ready, ...analysed.filter(isUnreadable)] : readyFor;
  const { unlessSince } = target;
  // What platforms sent and found has to be masked too where there is nothing to hear.
  const isUnheard = toHear.length + toBegin.length === 0;
  if (isUnheard && !isStep && ready.length > 0) return unlessSince === undefined ? err(MEASURED) : ok([]);
  if (isUnheard && !isStep) return err(notFound("analysis"));
  if (isUnheard && unlessSince !== undefined && analysed.some(({ createdAt }) => createdAt >= unlessSince))
    return ok([]);
  const wanted = unlessSince === undefined ? toHear : toHear.filter((row) => !hasRunSince(row, asked, unlessSince));
  if (wanted.length + toBegin.length === 0 && !isUnheard) return ok([]);
  await recordAct(
    db,
    {
      ...target,
      action: "call.transcription_asked",
      resourceType: "call",
      resourceIds: [target.callId],
      after: asked,
    },
    act,
  );
  if (kinds.length > 0) await redactStored(deps, call.value, kinds, now);
  const opened: string[] = [];
  let refusal: DomainError = AT_WORK;
  for (const row of wanted) {
    if (!isStep && runsOf(row).length >= MOST_RUNS) refusal = TOO_OFTEN;
    else if (await reopen(db, row, asked, now)) opened.push(row.id);
  }
  const { organizationId, callId } = target;
  if (opened.length > 0)
    await deps.nudges.analyses(opened.map((analysisId) => ({ organizationId, callId, analysisId })));
  for (const recordingId of toBegin) {
    const begun = await startAnalysis(deps, { ...target, recordingId }, act);
    if (begun.ok) opened.push(begun.value.analysis.id);
    else refusal = begun.error;
  }
  return opened.length === 0 && !isUnheard ? err(refusal) : ok(opened);
}

const MEASURED: DomainError = {
  kind: "conflict",
  message: "This call is measured by the present version of the built-in engine already.",
};
const AT_WORK: DomainError = { kind: "conflict", message: "An engine is at work on this call already." };
const TOO_OFTEN: DomainError = { kind: "conflict", message: "Engines were asked too often about this call." };

/** The recordings of a call that are kept and were never analysed, by their ids. */
async function withoutAnalysis(
  db: Database,
  { organizationId, reach, callId }: Within & { callId: string },
  analysed: readonly AnalysisRow[],
): Promise<string[]> {
  const listed = await listRecordings(db, { organizationId, reach, filter: { callId }, limit: MOST_RECORDINGS });
  const known = new Set(analysed.map(({ recordingId }) => recordingId));
  return listed.rows
    .map(({ recording }) => recording)
    .filter(({ id, key }) => key !== null && !known.has(id))
    .map(({ id }) => id);
}

/** An engine by its name, and another model than it is set to, of those that it has. */
export type AskedEngine = { engine: string; model?: string | undefined };

/** Refuses the name of an engine that the organization does not have, and a model that the engine does not have. */
export async function knowsEngine(
  { db, offeredEngines }: Pick<AskDeps, "db" | "offeredEngines">,
  { organizationId }: Pick<Within, "organizationId">,
  { engine, model }: AskedEngine,
): Promise<Result<undefined, DomainError>> {
  const isOwn = engine === REDACTION_ENGINE || isMeasuring({ engine });
  if (isOwn && model === undefined) return ok(undefined);
  if (model !== undefined) {
    const own = (await listEngines(db, organizationId)).find(({ name }) => name === engine);
    if (own && hasModel(own, model)) return ok(undefined);
  }
  const names = await engineNames(db, offeredEngines, organizationId);
  if (!isOwn && !names.includes(engine)) return err(invalid("engine", `There is no engine of the name ${engine}.`));
  return model === undefined ? ok(undefined) : err(invalid("model", `The engine cannot be asked for ${model}.`));
}

const REDACTS_NOTHING: DomainError = { kind: "conflict", message: "Nothing is taken out of this call." };

/** What the campaign of a call takes out, or its organization where it has none. */
async function kindsOf(
  db: Database,
  { campaignId, organizationId }: Pick<CallRow, "campaignId" | "organizationId">,
): Promise<readonly PiiKind[]> {
  if (campaignId === null) return readDefaultRedaction(db, organizationId);
  const row = await db
    .select({ settings: campaigns.settings })
    .from(campaigns)
    .where(eq(campaigns.id, campaignId))
    .get();
  return redactedIn(row?.settings);
}

function hasRunSince(row: AnalysisRow, { engine, model }: AskedEngine, since: number): boolean {
  return runsOf(row).some((run) => run.engine === engine && run.model === model && run.createdAt >= since);
}

/** Whether the recording of an analysis could not be read: nothing is known of it, and no engine heard it. */
function isUnreadable({ state, findings, recordingId }: AnalysisRow): boolean {
  return state === "failed" && findings === null && recordingId !== NO_RECORDING;
}

/**
 * Opens an analysis again for one more run; false where an engine is at work on it. One whose recording
 * could not be read begins anew, with the engines that did not come to hear it.
 */
async function reopen(db: Database, row: AnalysisRow, { engine, model }: AskedEngine, now: number): Promise<boolean> {
  const isAnew = isUnreadable(row);
  const known = runsOf(row);
  const runs = isAnew
    ? known
        .filter(({ engine: name, model: own }, at) =>
          name === engine ? false : known.findIndex((one) => one.engine === name && one.model === own) === at,
        )
        .map((run) => newRun(run.engine, row.claims, now, run.model))
    : known;
  if (row.state !== "completed" && !isAnew) return false;
  const run = newRun(engine, row.claims, now, model);
  const reopened = await db
    .update(analyses)
    .set({
      state: "pending",
      ...(isAnew && { reason: null, completedAt: null }),
      engines: packRuns([...runs, isMeasuring(run) ? { ...run, kind: "scores" } : run]),
      dueAt: now,
      attempts: 0,
      leaseUntil: 0,
      nudgeAfter: NUDGE_AFTER,
      giveUpAt: now + ANALYSIS_GIVE_UP_AFTER,
    })
    .where(
      and(
        eq(analyses.callId, row.callId),
        eq(analyses.id, row.id),
        eq(analyses.organizationId, row.organizationId),
        eq(analyses.state, row.state),
        eq(analyses.claims, row.claims),
      ),
    )
    .returning({ id: analyses.id });
  return reopened.length > 0;
}
