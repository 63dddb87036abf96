import type { Context } from "hono";
import type { UnofficialStatusCode } from "hono/utils/http-status";
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
    case "checksum":
      return checksumMismatch(c, failure.message);
    default:
      return problem(c, failure);
  }
}

/** 460 is the tus protocol's own: a problem like any other, but for a status no list of HTTP has. */
function checksumMismatch(c: Context, detail: string): Response {
  const type = "urn:trunkline:problem:checksum-mismatch";
  const body = { type, title: "Checksum mismatch", status: 460, detail, errors: [] };
  return c.json(body, 460 as UnofficialStatusCode, { "content-type": "application/problem+json" });
}

/** The answer when what came could not be kept: the sender is to send it again. */
export function notKept(c: Context, cause: unknown): Response {
  console.error(JSON.stringify({ event: "upload.not_kept", path: c.req.path, error: String(cause) }));
  c.header("retry-after", "30");
  return answer(c, 503, "The upload could not be kept. Send it again.");
}
