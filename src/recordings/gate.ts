import { and, eq, sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "../db/client";
import { valueList } from "../db/value-list";
import type { DomainError } from "../errors";
import { callIdOfRecording } from "../calls";
import { readRedactions, redactedOf, type Redactions } from "../campaigns";
import { analyses, calls, PII_KINDS, recordings, type PiiKind } from "../db/schema";
import { sweepPrefix } from "../lib/sweep-prefix";
import { DAY } from "../lib/time";
import { recordingIdOfKey } from "./store";

/** The prefix of all muted renditions in R2. */
export const RENDITIONS_PREFIX = "renditions/";

/** Whether the muted rendition of a recording has taken its place, by the choice of its campaign. */
export function isOriginalDeleted({ key }: { key: string | null }): boolean {
  return key !== null && key.startsWith(RENDITIONS_PREFIX);
}

/** The refusal of an original that was deleted. */
export const ORIGINAL_DELETED: DomainError = {
  kind: "conflict",
  message: "The original of this recording was deleted when what is taken out of it was muted.",
};

/** The name of the step that mutes recordings, among the engines of an analysis. */
export const REDACTION_ENGINE = "trunkline-redaction";

/** A recording with what may not be heard muted, as a file of its own. `tag` changes whenever the bytes do. */
export const rendition = z.object({
  key: z.string(),
  size: z.number().int(),
  sha256: z.string(),
  mediaType: z.string(),
});

/** What a run of the step found: which kinds, where it is muted (milliseconds), and the file; null where nothing is. */
export const redactionFindings = z.object({
  kinds: z.array(z.enum(PII_KINDS)),
  muted: z.array(z.tuple([z.number().int(), z.number().int()])),
  rendition: rendition.nullable(),
});

export type Rendition = z.infer<typeof rendition>;
export type RedactionFindings = z.infer<typeof redactionFindings>;

/** Why nobody hears a recording who may not hear what redaction takes out. */
export type HeldAudio = "not_redacted" | "not_transcribed" | "being_redacted" | "redaction_failed";

/** The refusal of a recording that is held back, with what is to be done about it, and by whom. */
export function heldAudio(why: HeldAudio): DomainError {
  return { kind: "conflict", message: HELD[why] };
}

const HELD: Readonly<Record<HeldAudio, string>> = {
  not_redacted:
    "This recording is held back: what is taken out of its call has not been looked for in it. Who may analyses:write begins that with POST /v1/calls/{id}/transcript and the engine trunkline-redaction.",
  not_transcribed:
    "This recording is held back: no engine has words of it in which to look for what is taken out of its call. Who may analyses:write has it transcribed with POST /v1/calls/{id}/transcript.",
  being_redacted: "This recording is being redacted. Ask again in a minute.",
  redaction_failed:
    "This recording is held back: it could not be redacted. Who may analyses:write has it tried again with POST /v1/calls/{id}/transcript and the engine trunkline-redaction.",
};

/** What of a recording is served: the file as it came, its muted rendition, or nothing. */
export type AudioGate =
  | { kind: "open" }
  | { kind: "muted"; file: Rendition; muted: RedactionFindings["muted"] }
  | { kind: "held"; why: HeldAudio };

type Name = { callId: string; organizationId: string; recordingId: string };

/**
 * What of a recording may be served. Read at each request, so that a setting counts at once: where a campaign redacts and
 * nobody looked through the words of the recording yet, nothing is served. What was muted stays muted after the setting is
 * off. Calls without a campaign do as their organization says.
 */
export async function readGate(db: Database, name: Name): Promise<AudioGate> {
  const gates = await readGates(db, { ...name, recordingIds: [name.recordingId] });
  return gates.get(name.recordingId) ?? OPEN;
}

/** The gate of a recording that is served as it came. */
export const OPEN: AudioGate = { kind: "open" };

/** The same of several recordings of a call, those that are open left out. */
export function readGates(
  db: Database,
  { callId, organizationId, recordingIds }: Omit<Name, "recordingId"> & { recordingIds: readonly string[] },
): Promise<ReadonlyMap<string, AudioGate>> {
  return readGatesOf(
    db,
    organizationId,
    recordingIds.map((id) => ({ id, callId })),
  );
}

/** The same of recordings of any calls of an organization. */
export async function readGatesOf(
  db: Database,
  organizationId: string,
  wanted: readonly { id: string; callId: string }[],
): Promise<ReadonlyMap<string, AudioGate>> {
  if (wanted.length === 0) return new Map();
  const among = valueList([...new Set(wanted.map(({ callId }) => callId))]);
  const [known, runs, policies] = await Promise.all([
    db
      .select({ id: calls.id, campaignId: calls.campaignId })
      .from(calls)
      .where(and(sql`${calls.id} IN ${among}`, eq(calls.organizationId, organizationId))),
    db.all<{ recording: string; state: string; run: string }>(sql`SELECT analysis.recording_id AS recording,
        analysis.state AS state, run.value AS run
      FROM ${analyses} AS analysis, json_each(analysis.engines) AS run
      WHERE analysis.call_id IN ${among} AND analysis.organization_id = ${organizationId}
        AND run.value ->> 'engine' = ${REDACTION_ENGINE}`),
    readRedactions(db, organizationId),
  ]);
  const campaigns = new Map(known.map((call) => [call.id, call]));
  const callsOf = new Map(wanted.map(({ id, callId }) => [id, callId]));
  return closedAmong([...callsOf.keys()], (id) =>
    gateOf(
      policyOf(campaigns.get(callsOf.get(id) ?? ""), policies),
      runs.filter(({ recording }) => recording === id).map(({ state, run }) => runOf(state, JSON.parse(run))),
    ),
  );
}

/** The gate of a recording whose call has these kinds taken out and was read with its analyses. */
export function gateIn(
  kinds: readonly PiiKind[],
  recordingId: string,
  analysed: readonly Omit<AnalysisPart, "callId">[],
): AudioGate {
  const own = analysed.filter((one) => one.recordingId === recordingId);
  return gateOf(
    kinds,
    own.flatMap(({ state, engines }) => stepsIn(engines).map((run) => runOf(state, run))),
  );
}

/** Of an analysis, what says whether its recording was redacted. */
type AnalysisPart = Pick<typeof analyses.$inferSelect, "callId" | "recordingId" | "state" | "engines">;

/**
 * The gates of recordings of many calls that were read with their analyses, those that are open left out. `policies`: of
 * the organization of all of them.
 */
export function gatesAmong(
  policies: Redactions,
  callsOf: readonly { id: string; campaignId: string | null }[],
  kept: readonly { id: string; callId: string }[],
  analysed: readonly AnalysisPart[],
): ReadonlyMap<string, AudioGate> {
  const campaigns = new Map(callsOf.map(({ id, campaignId }) => [id, { campaignId }]));
  const byId = new Map(kept.map((one) => [one.id, one]));
  return closedAmong([...byId.keys()], (id) =>
    gateIn(policyOf(campaigns.get(byId.get(id)?.callId ?? ""), policies), id, analysed),
  );
}

function closedAmong(ids: readonly string[], gateBy: (id: string) => AudioGate): ReadonlyMap<string, AudioGate> {
  return new Map(ids.map((id) => [id, gateBy(id)] as const).filter(([, gate]) => gate.kind !== "open"));
}

/**
 * Whether a file of a call is held back of which no recording is known, as of an upload whose recording is not made yet: it
 * is where anything is taken out of any call of the organization, since nobody can say what will be taken out of this one,
 * and where anything was taken out of this one before.
 */
export async function isUnknownHeld(
  db: Database,
  { callId, organizationId }: Pick<Name, "callId" | "organizationId">,
): Promise<boolean> {
  const [policies, known] = await Promise.all([
    readRedactions(db, organizationId),
    db.get<{ masked: number; looked: number } | undefined>(sql`SELECT
      EXISTS (SELECT 1 FROM ${calls} WHERE id = ${callId} AND organization_id = ${organizationId}
        AND unmasked IS NOT NULL) AS masked,
      EXISTS (SELECT 1 FROM ${analyses} AS analysis, json_each(analysis.engines) AS run
        WHERE analysis.call_id = ${callId} AND analysis.organization_id = ${organizationId}
          AND run.value ->> 'engine' = ${REDACTION_ENGINE}) AS looked`),
  ]);
  return policyOf(undefined, policies).length > 0 || known?.masked === 1 || known?.looked === 1;
}

function policyOf(call: { campaignId: string | null } | undefined, policies: Redactions): readonly PiiKind[] {
  // A call that is not made yet: nobody knows which campaign it will be of.
  if (call === undefined) return [...new Set([policies.organization, ...policies.campaigns.values()].flat())];
  return redactedOf(policies, call.campaignId);
}

const runState = z.object({
  state: z.string(),
  reason: z.string().nullable(),
  findings: z.unknown(),
  createdAt: z.number(),
});

type StepRun = z.infer<typeof runState> & { isLeft: boolean };

/** A run as it is stored in an analysis of this state: one that is open in an analysis that has ended will never end. */
function runOf(analysisState: string, stored: unknown): StepRun {
  const run = runState.parse(stored);
  return { ...run, isLeft: isOpen(run) && analysisState !== "pending" };
}

function isOpen({ state }: { state: string }): boolean {
  return state === "pending" || state === "late";
}

const namedEngines = z.array(z.looseObject({ engine: z.string() }));

function stepsIn(engines: AnalysisPart["engines"]): unknown[] {
  const named = namedEngines.safeParse(engines ?? []).data ?? [];
  return named.filter(({ engine }) => engine === REDACTION_ENGINE);
}

/** The step says so where no engine has words of the recording. */
export const NO_WORDS = "no_transcript";

function gateOf(kinds: readonly PiiKind[], all: readonly StepRun[]): AudioGate {
  // Also without a setting: what is muted or held back stays so when a call is moved, or the setting is taken away.
  const last = all.toSorted((one, other) => one.createdAt - other.createdAt).at(-1);
  // In what nobody ever looked through nothing was found: it is as open as it was before the setting.
  if (!last) return kinds.length === 0 ? OPEN : { kind: "held", why: "not_redacted" };
  if (last.isLeft) return { kind: "held", why: "not_redacted" };
  if (isOpen(last)) return { kind: "held", why: "being_redacted" };
  const { state, reason, findings } = last;
  const read = redactionFindings.safeParse(findings);
  if (state !== "completed" || !read.success)
    return { kind: "held", why: reason?.startsWith(NO_WORDS) ? "not_transcribed" : "redaction_failed" };
  const { kinds: done, rendition: file, muted } = read.data;
  // More is taken out by now than was looked for.
  if (kinds.some((kind) => !done.includes(kind))) return { kind: "held", why: "not_redacted" };
  return file === null ? OPEN : { kind: "muted", file, muted };
}

/** Those of the keys of renditions that a run of the step names, or that have taken the place of their recording. */
export function registeredRenditions(db: Database, keys: readonly string[]): Promise<{ key: string }[]> {
  const candidates = keys.map((key) => {
    const id = recordingIdOfKey(key);
    return { key, id, call: callIdOfRecording(id) };
  });
  return db.all<{ key: string }>(sql`
    SELECT candidate.value ->> 'key' AS key FROM json_each(${JSON.stringify(candidates)}) AS candidate
    WHERE EXISTS (SELECT 1 FROM ${analyses} AS analysis, json_each(analysis.engines) AS run
      WHERE analysis.call_id = candidate.value ->> 'call' AND analysis.recording_id = candidate.value ->> 'id'
        AND run.value -> 'findings' -> 'rendition' ->> 'key' = candidate.value ->> 'key')
      OR EXISTS (SELECT 1 FROM ${recordings} AS known WHERE known.call_id = candidate.value ->> 'call'
        AND known.id = candidate.value ->> 'id' AND known.key = candidate.value ->> 'key')`);
}

/**
 * Deletes renditions in R2 that no run and no recording names, because their try did not count or a later one has taken their place. Only
 * objects older than a day are considered: until then somebody may be hearing one.
 */
export async function sweepRenditions(
  db: Database,
  bucket: R2Bucket,
  now: number,
  span: { pages: number; pageSize?: number },
): Promise<number> {
  const plan = { prefix: RENDITIONS_PREFIX, bookmark: "sweeps/renditions", before: now - DAY, ...span };
  const { deleted } = await sweepPrefix(bucket, plan, (keys) => registeredRenditions(db, keys));
  return deleted;
}
