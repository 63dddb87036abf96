import { readContentType } from "../lib/http/content-type";
import { sniff, SNIFF_BYTES } from "../lib/audio/sniff";
import { err, ok, type Result } from "../lib/result";
import { peek, type AudioBody } from "./audio-body";
import { describePage } from "./error-page";
import { notReady, type AudioFailure } from "./failure";
import type { InflatedLimit } from "./inflated";

/** Why there is no audio in a file of no bytes: the rest of one that is being written may still come. */
export const NO_BYTES = notReady("empty", "the file has no bytes yet");

/** Audio that is arriving, identified by its content. */
export type OpenedAudio = {
  mediaType: string;
  /** The declared length in bytes; null when there is none. */
  length: number | null;
  body: AudioBody;
  /** For a body that was compressed in transfer. */
  inflated?: InflatedLimit;
};

/**
 * Checks the first bytes for audio. `declaredType` counts only for binary content without a signature (raw companded
 * samples have none), so that no recording is lost because its codec is unknown. A body that is not audio is cancelled.
 */
export async function openAudio(
  source: AudioBody,
  length: number | null,
  declaredType: string | null,
): Promise<Result<OpenedAudio, AudioFailure>> {
  const peeked = await peek(source, SNIFF_BYTES);
  if (!peeked.ok) return peeked;
  const { head, total, body } = peeked.value;
  const failure = (why: AudioFailure) => body.cancel().then(() => err(why));
  if (total === 0) return failure(NO_BYTES);
  const found = sniff(head);
  if (found.kind === "page") return failure(notReady("not_audio", `the server sent ${describePage(found.text)}`));
  if (found.kind !== "audio") {
    const { type } = readContentType(declaredType);
    if (/^audio\/[\w.+-]+$/.test(type)) return ok({ mediaType: type, length, body });
    return failure(
      notReady("not_audio", `the file is in no audio format we know, and is called ${declaredType ?? "nothing"}`),
    );
  }
  if (total !== null && total <= found.headerBytes) {
    return failure(notReady("empty", `the file is a header of ${total} bytes without sound`));
  }
  return ok({ mediaType: found.mediaType, length, body });
}
