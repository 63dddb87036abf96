import { DEFAULT_ENGINE, newAnalysis, readAnalysis, type AnalysisRow } from "../../analysis";
import { analysisIdOf, callIdOfAnalysis, readCall } from "../../calls";
import { notFound, type DomainError } from "../../errors";
import type { Within } from "../../identity";
import { err, ok, type Result } from "../../lib/result";
import { HOUR } from "../../lib/time";
import { findRecording } from "../../recordings";
import { uploadOfCall } from "../../sources";
import type { ApiDeps } from "../router";

/** After this long without its call, something that was sent in is not on its way any more. */
const ON_ITS_WAY = HOUR;

/**
 * An analysis by its id, which is answered before there is one: until its recording is kept it is pending, and where
 * the recording failed it failed for the same reason.
 */
export async function readExpectedAnalysis(
  { db, now }: Pick<ApiDeps, "db" | "now">,
  target: Within & { id: string },
): Promise<Result<AnalysisRow, DomainError>> {
  const found = await readAnalysis(db, target);
  if (found.ok) return found;
  const { id, organizationId, reach } = target;
  const recordingId = recordingIdIn(id);
  if (recordingId === undefined) return found;
  const callId = callIdOfAnalysis(id);
  const name = { organizationId, callId, recordingId };
  const recording = await findRecording(db, { ...name, reach });
  const expected = newAnalysis(name, DEFAULT_ENGINE, recording?.createdAt ?? now());
  if (recording?.state === "pending") return ok(expected);
  if (recording?.state === "failed")
    return ok({ ...expected, state: "failed", reason: recording.reason, completedAt: recording.completedAt });
  const call = await readCall(db, { organizationId, reach, id: callId });
  // A call in quarantine is analysed once its campaign is chosen; of another the campaign asks for no analysis.
  if (call.ok) return recording && call.value.quarantine !== null ? ok(expected) : err(notFound("analysis"));
  const upload = await uploadOfCall(db, { organizationId, reach, callId, since: now() - ON_ITS_WAY });
  return upload ? ok(expected) : err(notFound("analysis"));
}

/** The recording in the id of an analysis by the engine that everything is analysed by. */
function recordingIdIn(id: string): string | undefined {
  const part = /^ana_([0-9a-z]{26}_[0-9a-z]{8})_/.exec(id)?.[1];
  if (part === undefined) return undefined;
  const recordingId = `rec_${part}`;
  return analysisIdOf(recordingId, DEFAULT_ENGINE.name) === id ? recordingId : undefined;
}
