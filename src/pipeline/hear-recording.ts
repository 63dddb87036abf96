import {
  bucketFile,
  createPeakMaker,
  engineOf,
  keepFindings,
  keepWaveform,
  packTalkStrip,
  readFindings,
  talkStripOf,
  type AnalysisFailure,
  type AnalysisRow,
  type EngineDeps,
  type Findings,
  type FoundBy,
} from "../analysis";
import { chunksOf } from "../lib/byte-reader";
import { openObject } from "../lib/large-object";
import { err, ok, type Result } from "../lib/result";
import type { RecordingRow } from "../recordings";
import type { CallFile } from "./consequences";

export type HearDeps = EngineDeps & {
  bucket: R2Bucket;
  /** The channel of a source's recordings that carries the operator. */
  operatorChannel(source: { organizationId: string; id: string }): Promise<number>;
};

/** A recording that the built-in engine has heard. */
export type Heard = {
  recording: RecordingRow;
  /** The key of its audio. */
  key: string;
  findings: Findings;
  kept: FoundBy;
  /** The channel that carries the operator; null where one channel carries everyone. */
  operatorChannel: number | null;
  talkStrip: string | null;
};

/** Has the built-in engine hear the recording, unless an earlier try did: then its findings are read. */
export async function hearRecording(
  deps: HearDeps,
  row: AnalysisRow,
  known: CallFile | undefined,
): Promise<Result<Heard, AnalysisFailure>> {
  const recording = known?.recordings.find(({ id }) => id === row.recordingId);
  const key = recording?.key;
  if (!recording || !key) return err({ kind: "unreadable", detail: "the recording is not in storage" });
  const found = row.findings === null ? await analyse(deps, row, { ...recording, key }) : await readKept(deps, row);
  if (!found.ok) return found;
  const { findings, kept } = found.value;
  // Which channel is the operator's matters only where there are several.
  const operatorChannel =
    findings.channels.length > 1
      ? await deps.operatorChannel({ organizationId: recording.organizationId, id: recording.sourceId })
      : null;
  return ok({ recording, key, findings, kept, operatorChannel, talkStrip: stripOf(findings, operatorChannel) });
}

/** Who talks when, as lists of calls show it. */
export function stripOf(findings: Findings, operatorChannel: number | null): string | null {
  const strip = talkStripOf(findings, operatorChannel ?? 0);
  return strip && packTalkStrip(strip);
}

type Found = { findings: Findings; kept: FoundBy };

/** Has the engine of an analysis hear a recording, and keeps what it found and its waveform. */
export async function analyse(
  deps: HearDeps,
  row: Pick<AnalysisRow, "id" | "engine">,
  { key, size, mediaType }: Pick<RecordingRow, "size" | "mediaType"> & { key: string },
): Promise<Result<Found, AnalysisFailure>> {
  const engine = engineOf(row.engine);
  if (!engine) return err({ kind: "unknown_engine", detail: `there is no engine ${row.engine} in this version` });
  const opened = await openObject(deps.bucket, key, size);
  if (!opened) return err({ kind: "unreadable", detail: "the recording is not in storage" });
  const maker = createPeakMaker();
  const file = bucketFile(deps.bucket, opened.object);
  const input = { chunks: chunksOf(opened.bytes), file, alsoHear: maker.hear, ...(mediaType ? { mediaType } : {}) };
  const found = await engine.analyse(input, deps);
  if (!found.ok) return found;
  const peaks = maker.finish();
  if (peaks) await keepWaveform(deps.bucket, key, peaks);
  const kept = await keepFindings(deps.bucket, row, found.value, deps.now());
  return ok({ findings: found.value, kept: { ...kept, engineVersion: engine.version } });
}

async function readKept({ bucket }: HearDeps, row: AnalysisRow): Promise<Result<Found, AnalysisFailure>> {
  const findings = await readFindings(bucket, row);
  if (!findings) return err({ kind: "unreadable", detail: "the findings are not in storage" });
  const { findingsKey, engineVersion } = row;
  return ok({ findings, kept: { findings: row.findings as Findings, findingsKey, engineVersion } });
}

/** A failure in the words that the analysis keeps. */
export function reasonOf(failure: AnalysisFailure): string {
  switch (failure.kind) {
    case "too_long":
      return `too_long: over ${failure.limitSeconds} seconds`;
    case "unsupported_format":
    case "corrupt":
    case "empty":
    case "unreadable":
    case "unknown_engine":
      return `${failure.kind}: ${failure.detail}`;
  }
}
