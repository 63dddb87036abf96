import { err, ok, type Result } from "../../lib/result";
import { openAudio, type AudioBody } from "../../recordings";
import { uploadFailureOf } from "./store-file";
import type { UploadFailure } from "./upload";

/** The media type that the first bytes of a file show, or why it is no audio. */
export async function judge(head: Uint8Array, mediaType: string | null): Promise<Result<string, UploadFailure>> {
  const steps = [{ kind: "chunk" as const, bytes: head }];
  const body: AudioBody = { next: async () => steps.shift() ?? { kind: "end" }, cancel: async () => undefined };
  const opened = await openAudio(body, null, mediaType);
  return opened.ok ? ok(opened.value.mediaType) : err(uploadFailureOf(opened.error));
}
