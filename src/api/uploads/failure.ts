import type { Context } from "hono";
import type { UploadFailure } from "../../sources";
import { answer, problem } from "../problem";

const STATUS = { not_audio: 415, too_large: 413, unreadable: 400 } as const;

/** The public answer to an upload that is not taken. */
export function uploadProblem(c: Context, failure: UploadFailure): Response {
  switch (failure.kind) {
    case "not_audio":
    case "too_large":
    case "unreadable":
      return answer(c, STATUS[failure.kind], failure.message);
    default:
      return problem(c, failure);
  }
}

/** The answer when what came could not be kept: the sender is to send it again. */
export function notKept(c: Context, cause: unknown): Response {
  console.error(JSON.stringify({ event: "upload.not_kept", path: c.req.path, error: String(cause) }));
  c.header("retry-after", "30");
  return answer(c, 503, "The upload could not be kept. Send it again.");
}
