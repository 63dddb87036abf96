import { and, eq, sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "../db/client";
import type { DomainError } from "../errors";
import { callIdOfRecording } from "../calls";
import { readRedactions, redactedOf, type Redactions } from "../campaigns";
import { analyses, calls, PII_KINDS, type PiiKind } from "../db/schema";
import { sweepPrefix } from "../lib/sweep-prefix";
import { DAY } from "../lib/time";
import { recordingIdOfKey } from "./store";

/** The prefix of all muted renditions in R2. */
export const RENDITIONS_PREFIX = "renditions/";

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
export type HeldAudio = "not_transcribed" | "being_redacted" | "redaction_failed";

/** The refusal of a recording that is held back. */
export function heldAudio(why: HeldAudio): DomainError {
  return { kind: "conflict", message: HELD[why] };
}

const HELD: Readonly<Record<HeldAudio, string>> = {
  not_transcribed: "This recording is held back: its campaign redacts, and no engine has words of it yet.",
  being_redacted: "This recording is being redacted. Ask again in a minute.",
  redaction_failed: "This recording is held back: it could not be redacted.",
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
  return gates.get(name.recordingId) ?? { kind: "open" };
}

/** The same of several recordings of a call, those that are open left out. */
export async function readGates(
  db: Database,
  { callId, organizationId, recordingIds }: Omit<Name, "recordingId"> & { recordingIds: readonly string[] },
): Promise<ReadonlyMap<string, AudioGate>> {
  const [call, runs, policies] = await Promise.all([
    db
      .select({ campaignId: calls.campaignId })
      .from(calls)
      .where(and(eq(calls.id, callId), eq(calls.organizationId, organizationId)))
      .get(),
    db.all<{ recording: string; run: string }>(sql`SELECT analysis.recording_id AS recording, run.value AS run
      FROM ${analyses} AS analysis, json_each(analysis.engines) AS run
      WHERE analysis.call_id = ${callId} AND analysis.organization_id = ${organizationId}
        AND run.value ->> 'engine' = ${REDACTION_ENGINE}`),
    readRedactions(db, organizationId),
  ]);
  const policy = policyOf(call, policies);
  const gates = recordingIds.map((id) => {
    const own = runs.filter(({ recording }) => recording === id).map(({ run }) => runState.parse(JSON.parse(run)));
    return [id, gateOf(policy, own)] as const;
  });
  return new Map(gates.filter(([, gate]) => gate.kind !== "open"));
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

/** The step says so where no engine has words of the recording. */
export const NO_WORDS = "no_transcript";

function gateOf(kinds: readonly PiiKind[], all: readonly z.infer<typeof runState>[]): AudioGate {
  // Also without a setting: what is muted or held back stays so when a call is moved, or the setting is taken away.
  const last = all.toSorted((one, other) => one.createdAt - other.createdAt).at(-1);
  if (!last) return kinds.length === 0 ? { kind: "open" } : { kind: "held", why: "not_transcribed" };
  const { state, reason, findings } = last;
  if (state === "pending" || state === "late") return { kind: "held", why: "being_redacted" };
  const read = redactionFindings.safeParse(findings);
  if (state !== "completed" || !read.success)
    return { kind: "held", why: reason?.startsWith(NO_WORDS) ? "not_transcribed" : "redaction_failed" };
  const { kinds: done, rendition: file, muted } = read.data;
  if (kinds.some((kind) => !done.includes(kind))) return { kind: "held", why: "being_redacted" };
  return file === null ? { kind: "open" } : { kind: "muted", file, muted };
}

/** Those of the keys of renditions that a run of the step names. */
export function registeredRenditions(db: Database, keys: readonly string[]): Promise<{ key: string }[]> {
  const candidates = keys.map((key) => {
    const id = recordingIdOfKey(key);
    return { key, id, call: callIdOfRecording(id) };
  });
  return db.all<{ key: string }>(sql`
    SELECT candidate.value ->> 'key' AS key FROM json_each(${JSON.stringify(candidates)}) AS candidate
    WHERE EXISTS (SELECT 1 FROM ${analyses} AS analysis, json_each(analysis.engines) AS run
      WHERE analysis.call_id = candidate.value ->> 'call' AND analysis.recording_id = candidate.value ->> 'id'
        AND run.value -> 'findings' -> 'rendition' ->> 'key' = candidate.value ->> 'key')`);
}

/**
 * Deletes renditions in R2 that no run names, because their try did not count or a later one has taken their place. Only
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
