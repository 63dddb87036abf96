import { readRetryAfter } from "../../lib/http/retry-after";
import { NetworkFailure } from "../../lib/outbound";
import type { ConnectorFailure } from "../contract";
import type { ProblemCode } from "../problems";
import { isPlainXml, readElement } from "../read-xml";

/** S3's error codes (Amazon S3 API Reference, "Error responses"). */
const CODES: Readonly<Record<string, ProblemCode>> = {
  InvalidAccessKeyId: "wrong_key",
  SignatureDoesNotMatch: "wrong_secret",
  AccessDenied: "access_denied",
  AllAccessDisabled: "access_denied",
  AccountProblem: "access_denied",
  NoSuchBucket: "wrong_bucket",
  InvalidBucketName: "wrong_bucket",
  PermanentRedirect: "wrong_region",
  TemporaryRedirect: "wrong_region",
  AuthorizationHeaderMalformed: "wrong_region",
  IllegalLocationConstraintException: "wrong_region",
  RequestTimeTooSkewed: "clock",
  SlowDown: "slow_down",
  ServiceUnavailable: "slow_down",
  NoSuchKey: "gone",
  PreconditionFailed: "changed",
};

/** Answers without a body have only their status. */
const STATUSES: Readonly<Record<number, ProblemCode>> = {
  301: "wrong_region",
  307: "wrong_region",
  401: "access_denied",
  403: "access_denied",
  404: "gone",
  412: "changed",
  429: "slow_down",
  503: "slow_down",
};

/** What an answer that is no success means. `body`: its text, as far as it was read. */
export function failureOf(response: Response, body: string, now: number): ConnectorFailure & { region?: string } {
  const xml = isPlainXml(body) && body.includes("<Error>") ? body : "";
  const code = readElement(xml, "Code");
  const region = response.headers.get("x-amz-bucket-region") ?? readElement(xml, "Region") ?? "";
  const host = URL.parse(response.url)?.host ?? "the storage";
  if (code === undefined && body.trim() !== "" && xml === "" && response.status !== 429 && response.status < 500)
    return { code: "not_s3", detail: `${host} answered ${response.status} with something other than S3's XML` };
  const problem = (code && CODES[code]) || STATUSES[response.status] || "storage_error";
  const retryAfter = readRetryAfter(response.headers, now);
  return {
    code: problem,
    detail: `${host} answered ${response.status}${code === undefined ? "" : ` ${code.slice(0, 100)}`}`,
    ...(retryAfter !== null && { retryAfter }),
    ...(/^[a-z0-9-]{1,64}$/.test(region) && { region }),
  };
}

/** What an exception of the request means. */
export function unreachable(host: string, error: unknown): ConnectorFailure {
  const why = error instanceof NetworkFailure ? error.message : "the connection was lost";
  return { code: "unreachable", detail: `${host}: ${why}` };
}
