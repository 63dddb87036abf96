import type { CallFacts } from "../../calls";
import { sampleIdOf, uploadUrl } from "../../platforms";

// A sample is a notice that one of the organization sent to a source of theirs, to see what becomes of it. Its form in the
// log says so; who sent it, and the recording that goes with it, are in its headers, which only we write.

/** The tag of calls that samples made. */
export const SAMPLE_TAG = "sample";

/** A file that lies in R2 for the call of a sample: an upload's id, and the name of its content. */
export type SampleRecording = { uploadId: string; name: string };

const SENT_BY = "sample-sent-by";
const UPLOAD = "sample-upload";
const RECORDING = "sample-recording";

/** The headers that a sample is kept with. `sentBy`: its actor, as the audit log names them. */
export function sampleHeaders(
  contentType: string,
  sentBy: string,
  recording: SampleRecording | null,
): Record<string, string> {
  return {
    "content-type": contentType,
    [SENT_BY]: sentBy,
    ...(recording && { [UPLOAD]: recording.uploadId, [RECORDING]: recording.name }),
  };
}

/**
 * What a sample says of its call: the same as a notice of that text, marked by a tag, of a call with an id of its own. A
 * real notice that somebody sends as a sample stays what it was: replayed or late, it makes its own call. Where a
 * recording goes with a sample, that is the call's only one; and nobody is asked about a call that its platform does not
 * know.
 */
export function asSample(facts: readonly CallFacts[], headers: Readonly<Record<string, string>>): CallFacts[] {
  const { [UPLOAD]: uploadId, [RECORDING]: name } = headers;
  const own = uploadId !== undefined && name !== undefined ? { externalId: name, url: uploadUrl(uploadId) } : undefined;
  return facts.map((one, index) => ({
    ...one,
    externalId: sampleIdOf(one.externalId),
    lookUp: false,
    tags: [...(one.tags ?? []), SAMPLE_TAG],
    recordings: own === undefined ? one.recordings : index === 0 ? [own] : [],
  }));
}
