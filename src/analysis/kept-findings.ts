import type { Database } from "../db/client";
import { newId } from "../lib/id";
import type { AnalysisRow } from "./analyses";
import { findingsSchema, type Findings } from "./contract";
import { sweepKept, type SweepSpan } from "./sweep-kept";

/** What an analysis's row holds of its findings: all, or the measures and the key of the whole in R2. */
export type KeptFindings = { findings: Findings; findingsKey: string | null };

/** The same with the version of the engine that found them: a row may have been made before an engine's new version. */
export type FoundBy = KeptFindings & Pick<AnalysisRow, "engineVersion">;

/** The prefix of all findings in R2. */
export const FINDINGS_PREFIX = "analysis/";
/** In characters of JSON. Findings are all ASCII, so these are bytes. */
const INLINE_MAX = 2_000;

/**
 * Stores findings too large for a row in R2, under a name of this attempt: the row that is written afterwards decides
 * which attempt counts, and the object of another is swept. A Worker of an earlier version reads the measures only.
 */
export async function keepFindings(
  bucket: R2Bucket,
  analysis: Pick<AnalysisRow, "id">,
  findings: Findings,
  now: number,
): Promise<KeptFindings> {
  const whole = JSON.stringify(findings);
  if (whole.length <= INLINE_MAX) return { findings, findingsKey: null };
  const findingsKey = `${FINDINGS_PREFIX}${analysis.id}/${newId("att", now)}`;
  await bucket.put(findingsKey, whole);
  return { findings: withoutTimes(findings), findingsKey };
}

/** The measures alone: without what grows with the length of the conversation. */
function withoutTimes(findings: Findings): Findings {
  const channels = findings.channels.map((channel) => ({
    ...channel,
    segments: [],
    ...(channel.measures && { measures: { ...channel.measures, music: [] } }),
  }));
  const { call } = findings;
  return {
    ...findings,
    channels,
    ...(call && {
      call: { ...call, interruptions: call.interruptions && [], longSilences: [], holds: [] },
    }),
  };
}

/** The whole findings of an analysis; null while it has none. Throws where the storage fails. */
export async function readFindings(
  bucket: R2Bucket,
  { findings, findingsKey }: Pick<AnalysisRow, "findings" | "findingsKey">,
): Promise<Findings | null> {
  if (findings === null) return null;
  if (findingsKey === null) return findingsSchema.parse(findings);
  const object = await bucket.get(findingsKey);
  if (!object) throw new Error(`the findings at ${findingsKey} are not in storage`);
  return findingsSchema.parse(await object.json());
}

/** Deletes findings in R2 that no row refers to, because their attempt did not count (`sweepKept`). */
export function sweepFindings(db: Database, bucket: R2Bucket, now: number, span: SweepSpan): Promise<number> {
  const below = {
    prefix: FINDINGS_PREFIX,
    bookmark: "sweeps/analysis",
    namedAs: "findingsKey",
    orByRow: true,
  } as const;
  return sweepKept(db, bucket, now, span, below);
}
