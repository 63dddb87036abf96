import { chunksOf } from "../../lib/byte-reader";
import { openObject } from "../../lib/large-object";
import { newId } from "../../lib/id";
import { MINUTE } from "../../lib/time";
import { NO_WORDS, RENDITIONS_PREFIX, type RedactionFindings, type Rendition } from "../../recordings";
import { failedRun, isOpenRun, type EngineRun } from "../engine-run";
import { WAITS, type EngineWork, type RunOutcome, type RunnerDeps } from "../engine-work";
import { bucketFile } from "../recording-file";
import { hasWords, readTranscript } from "../transcription/kept";
import { FINDER_VERSION } from "./find";
import { PLACEHOLDERS, USUAL_KINDS } from "./kinds";
import { joined, mutedBy, type Span } from "./muted";
import { writeRendition, type RenditionFailure } from "./rendition";
import { isRedaction } from "./runs-of-redaction";
import { verifyRendition } from "./verify";

export { isRedaction };

type Deps = Pick<RunnerDeps, "bucket" | "now">;

/**
 * Makes the rendition of a recording that may be heard: muted wherever any engine, or its platform, heard what may not be
 * handed on. It waits until every engine that hears words has ended. Where nothing is to be muted there is no rendition, and
 * the recording is served as it came.
 */
export async function runRedaction(deps: Deps, work: EngineWork): Promise<RunOutcome> {
  const run: EngineRun = { ...work.run, kind: "scores", version: FINDER_VERSION };
  // The setting was taken away meanwhile: what was begun is done, so that the recording is not held back for ever.
  const kinds = work.redact.length > 0 ? [...work.redact] : [...USUAL_KINDS];
  if (work.runs.some((one) => hasWords(one) && isOpenRun(one)))
    return { run, retryAt: deps.now() + MINUTE, waits: true };
  const spans = await spansOf(deps.bucket, work);
  if (typeof spans === "string") return ended(failedRun(run, spans, deps.now()));
  const end = Math.ceil(work.findings.durationSeconds * 1000);
  const muted = joined(spans).flatMap(([from, to]): Span[] => (from < end ? [[from, Math.min(to, end)]] : []));
  if (muted.length === 0) return completed(deps, run, { kinds, muted, rendition: null });
  const made = await makeRendition(deps, work, muted);
  if ("kind" in made) return failed(deps, run, made);
  return completed(deps, run, { kinds, muted, rendition: made });
}

/** What is to be muted, with nothing around it; a text: why nobody can know. */
async function spansOf(bucket: R2Bucket, { runs, call }: EngineWork): Promise<Span[] | string> {
  const heard = runs.filter((one) => hasWords(one) && one.state === "completed");
  const transcripts = await Promise.all(heard.map((one) => readTranscript(bucket, one)));
  const spans = transcripts.flatMap((found) => (found === null ? [] : mutedBy(found)));
  const platforms = platformsSpans(call);
  if (transcripts.some((found) => found !== null)) return [...spans, ...(platforms ?? [])];
  if (platforms !== null) return platforms;
  return hasPlaceholder(call?.conversation?.transcript ?? "")
    ? "no_times: only its platform has words of it, without times"
    : call?.conversation?.transcript
      ? []
      : `${NO_WORDS}: no engine of this analysis has words of it`;
}

/** A platform's messages are placed in the call to the second, and the recording may begin a little later. */
const AROUND_MESSAGE = 2_000;

/** Where the platform's messages have something masked: from such a message to the next. Null where it sent none. */
function platformsSpans(call: EngineWork["call"]): Span[] | null {
  const messages = (call?.conversation?.timeline ?? []).filter(({ kind }) => kind === "message");
  if (!call || messages.length === 0) return null;
  return messages.flatMap(({ at, text }, index): Span[] => {
    if (!hasPlaceholder(text)) return [];
    const next = messages[index + 1]?.at ?? Infinity;
    return [
      [
        Math.max(0, at - call.startedAt - AROUND_MESSAGE),
        Math.min(next - call.startedAt, 4 * 60 * MINUTE) + AROUND_MESSAGE,
      ],
    ];
  });
}

function hasPlaceholder(text: string): boolean {
  return Object.values(PLACEHOLDERS).some((name) => text.includes(name));
}

async function makeRendition(
  { bucket, now }: Deps,
  { key: original, recording }: EngineWork,
  muted: readonly Span[],
): Promise<Rendition | RenditionFailure> {
  const opened = await openObject(bucket, original, recording.size);
  if (!opened) return { kind: "unreadable", detail: "the recording is not in storage" };
  const key = `${RENDITIONS_PREFIX}${recording.organizationId}/${recording.id}/${newId("att", now())}`;
  const input = {
    chunks: chunksOf(opened.bytes),
    file: bucketFile(bucket, opened.object),
    ...(recording.mediaType === null ? {} : { mediaType: recording.mediaType }),
  };
  const written = await writeRendition(bucket, key, input, muted);
  if (!written.ok) return written.error;
  const verified = await verifyRendition(bucket, key, written.value, muted);
  if (typeof verified !== "string") return { key, ...verified, mediaType: "audio/wav" };
  await bucket.delete(key);
  return { kind: "unreadable", detail: `the muted file was not written as it should be: ${verified}` };
}

function completed(deps: Deps, run: EngineRun, findings: RedactionFindings): RunOutcome {
  return ended({ ...run, findings, state: "completed", reason: null, completedAt: deps.now() });
}

/** Storage is asked again later; what cannot be decoded stays held back. */
function failed({ now }: Deps, run: EngineRun, failure: RenditionFailure): RunOutcome {
  const reason = "detail" in failure ? `${failure.kind}: ${failure.detail}` : failure.kind;
  const wait = failure.kind === "unreadable" ? WAITS[run.tries] : undefined;
  if (wait !== undefined) return { run: { ...run, tries: run.tries + 1, reason }, retryAt: now() + wait };
  return ended(failedRun(run, reason, now()));
}

function ended(run: EngineRun): RunOutcome {
  return { run, retryAt: null };
}
