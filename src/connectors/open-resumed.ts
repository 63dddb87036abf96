import { ok, type Result } from "../lib/result";
import { MINUTE, SECOND } from "../lib/time";
import { readBody, type BodyStep } from "../recordings";
import type { ConnectorFailure, FoundFile, OpenedFile } from "./contract";

/** How often a body that broke off is gone on with, and how long one may take in all. */
const RESUMES = 3;
const STALL = 30 * SECOND;
const WHOLE = 14 * MINUTE;

type Get = (from: number) => Promise<Result<Response, ConnectorFailure>>;

/** The bytes of a file that is got over HTTP. A connection that breaks is gone on with where it broke. */
export async function openResumed(
  get: Get,
  file: FoundFile,
  now: () => number,
): Promise<Result<OpenedFile, ConnectorFailure>> {
  const first = await get(0);
  if (!first.ok) return first;
  const limits = { stallTimeout: STALL, deadline: now() + WHOLE };
  if (!first.value.body) return { ok: false, error: { code: "gone", detail: `${file.name} has no bytes` } };
  let body = readBody(first.value.body, limits, now);
  let received = 0;
  let resumes = 0;

  async function next(spent?: Uint8Array): Promise<BodyStep> {
    for (;;) {
      const step = await body.next(spent);
      if (step.kind === "chunk") received += step.bytes.length;
      const isCut = step.kind === "broken" || (step.kind === "end" && received < file.size);
      if (!isCut) return step;
      if (resumes === RESUMES) return step.kind === "broken" ? step : cut(received, file.size);
      resumes += 1;
      await body.cancel();
      const more = await get(received);
      if (!more.ok || !more.value.body) return cut(received, file.size);
      body = readBody(more.value.body, limits, now);
    }
  }
  const { headers } = first.value;
  // What was compressed for the way is longer than what was listed.
  const length = headers.get("content-encoding") === null && file.size > 0 ? file.size : null;
  return ok({ body: { next, cancel: () => body.cancel() }, mediaType: headers.get("content-type"), length });
}

function cut(received: number, size: number): BodyStep {
  const reason = `interrupted: ${received} of ${size} bytes came`;
  return { kind: "broken", failure: { kind: "not_ready", reason, retryAfter: null } };
}
