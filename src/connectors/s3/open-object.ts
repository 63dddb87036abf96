import { err, ok, type Result } from "../../lib/result";
import { MINUTE, SECOND } from "../../lib/time";
import { readBody, type AudioBody, type BodyStep } from "../../recordings";
import type { ConnectorFailure, FoundFile } from "../contract";
import { addressOf } from "./address";
import { ask, type Access } from "./ask";

/** How often a body that broke off is gone on with, and how long one may take in all. */
const RESUMES = 3;
const STALL = 30 * SECOND;
const WHOLE = 14 * MINUTE;

/** The bytes of exactly this version of an object. A connection that breaks is gone on with where it broke. */
export async function openObject(
  access: Access,
  file: FoundFile,
): Promise<Result<{ body: AudioBody; mediaType: string | null }, ConnectorFailure>> {
  const first = await get(access, file, 0);
  if (!first.ok) return first;
  const { now } = access.deps;
  const limits = { stallTimeout: STALL, deadline: now() + WHOLE };
  if (!first.value.body) return err({ code: "gone", detail: `${file.name} has no bytes` });
  let body = readBody(first.value.body, limits, now);
  let received = 0;
  let resumes = 0;

  async function next(): Promise<BodyStep> {
    for (;;) {
      const step = await body.next();
      if (step.kind === "chunk") received += step.bytes.length;
      const isCut = step.kind === "broken" || (step.kind === "end" && received < file.size);
      if (!isCut) return step;
      if (resumes === RESUMES) return step.kind === "broken" ? step : cut(received, file.size);
      resumes += 1;
      await body.cancel();
      const more = await get(access, file, received);
      if (!more.ok || !more.value.body) return cut(received, file.size);
      body = readBody(more.value.body, limits, now);
    }
  }
  return ok({ body: { next, cancel: () => body.cancel() }, mediaType: first.value.headers.get("content-type") });
}

async function get(access: Access, file: FoundFile, from: number): Promise<Result<Response, ConnectorFailure>> {
  const headers = { "if-match": `"${file.version}"`, ...(from > 0 && { range: `bytes=${from}-` }) };
  const answer = await ask(access, () => addressOf(access.settings, file.name), { headers });
  // A server that does not know ranges begins anew, and the bytes would be there twice.
  if (answer.ok && from > 0 && answer.value.status !== 206) {
    await answer.value.body?.cancel();
    return err({ code: "interrupted", detail: "the storage cannot go on in the middle of a file" });
  }
  return answer;
}

function cut(received: number, size: number): BodyStep {
  const reason = `interrupted: ${received} of ${size} bytes came`;
  return { kind: "broken", failure: { kind: "not_ready", reason, retryAfter: null } };
}
