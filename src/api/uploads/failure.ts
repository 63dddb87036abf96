import type { Context } from "hono";
import { invalid } from "../../errors";
import type { UploadFailure } from "../../sources";
import { answer, problem, send } from "../problem";

const STATUS = { not_audio: 415, too_large: 413, unreadable: 400 } as const;

/** The HTTP answer to a refused upload. */
export function uploadProblem(c: Context, failure: UploadFailure) {
  switch (failure.kind) {
    case "not_audio":
    case "too_large":
    case "unreadable":
      return answer(c, STATUS[failure.kind], failure.message);
    case "empty":
      return problem(c, invalid("file", failure.message));
    case "checksum":
      return checksumMismatch(c, failure.message);
    default:
      return problem(c, failure);
  }
}

/** 460 is defined by the tus protocol: a problem like any other, with a status that is not in the list of HTTP. */
function checksumMismatch(c: Context, detail: string) {
  return send(c, 460 as 400, { code: "checksum_mismatch", title: "Checksum mismatch", detail });
}

/** The answer when the upload could not be stored: the sender should send it again. */
export function notKept(c: Context, cause: unknown): Response {
  console.error(JSON.stringify({ event: "upload.not_kept", path: c.req.path, error: String(cause) }));
  c.header("retry-after", "30");
  return answer(c, 503, "The upload could not be kept. Send it again.");
}
