import {
  listAnalyses,
  publicState,
  findTranscript,
  readFindings,
  transcribedRuns,
  type AnalysisRow,
  type Findings,
  type Transcript,
} from "../../analysis";
import { readCall, type CallHead } from "../../calls";
import { notFound, type DomainError } from "../../errors";
import { err, ok, type Result } from "../../lib/result";
import type { Within } from "../../identity";
import { HOUR } from "../../lib/time";
import { listRecordings, type RecordingRow } from "../../recordings";
import { uploadOfCall, type UploadRow } from "../../sources";
import type { ApiDeps } from "../router";

/** A call with all its records. `call` is undefined between an upload and the processing of its notice. */
export type CallFile = {
  callId: string;
  call: CallHead | undefined;
  upload: UploadRow | undefined;
  recordings: RecordingRow[];
  analyses: AnalysisRow[];
};

const MAX_PARTS = 2_000;

/** An upload of this age without its call is no longer pending. */
const UPLOAD_PENDING = HOUR;

/** Finds a call by a task's or a call's id. */
export async function readCallFile(
  { db, now }: Pick<ApiDeps, "db" | "now">,
  within: Within,
  uuid: string,
): Promise<Result<CallFile, DomainError>> {
  const part = /^(?:task|call)_([0-9a-z]{26})$/.exec(uuid)?.[1];
  if (part === undefined) return err(notFound("task"));
  const callId = `call_${part}`;
  const call = await readCall(db, { ...within, id: callId });
  if (!call.ok) {
    const upload = await uploadOfCall(db, { ...within, callId, since: now() - UPLOAD_PENDING });
    return upload ? ok({ callId, call: undefined, upload, recordings: [], analyses: [] }) : err(notFound("task"));
  }
  const [file] = await filesOf(db, within, [call.value]);
  return file ? ok(file) : err(notFound("task"));
}

/** The files of calls within one reach, in the order of the calls. */
export async function filesOf(db: ApiDeps["db"], within: Within, calls: readonly CallHead[]): Promise<CallFile[]> {
  const query = { ...within, filter: { callIds: calls.map(({ id }) => id) }, limit: MAX_PARTS };
  const [recordings, analyses] = await Promise.all([listRecordings(db, query), listAnalyses(db, query)]);
  return calls.map((call) => ({
    callId: call.id,
    call,
    upload: undefined,
    recordings: recordings.rows.map((one) => one.recording).filter(({ callId }) => callId === call.id),
    analyses: analyses.rows.map((one) => one.analysis).filter(({ callId }) => callId === call.id),
  }));
}

/** The findings of the first completed analysis, or null. */
export async function findingsOf({ bucket }: Pick<ApiDeps, "bucket">, file: CallFile): Promise<Findings | null> {
  const done = firstDone(file);
  return done ? readFindings(bucket, done) : null;
}

/** What was said in the recording whose findings those are: its newest transcript; null where there is none, or no more. */
export async function transcriptOf({ bucket }: Pick<ApiDeps, "bucket">, file: CallFile): Promise<Transcript | null> {
  const recordingId = firstDone(file)?.recordingId;
  const [newest] = transcribedRuns(file.analyses.filter((one) => one.recordingId === recordingId));
  return newest ? findTranscript(bucket, newest.run) : null;
}

function firstDone({ analyses }: CallFile): AnalysisRow | undefined {
  return analyses.find((one) => publicState(one) === "completed" && one.findings !== null);
}
