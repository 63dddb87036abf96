import { withPointer, type FieldError, type NamedFieldError } from "./field-issues";
import { REQUEST_ID_HEADER } from "./request-id";

/** A failure in the form of every edge (RFC 9457). */
export type Problem = {
  /** `urn:trunkline:problem:` and the code with hyphens. */
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  /** The wrong fields. */
  errors: NamedFieldError[];
  request_id: string;
};

export const PROBLEM_TYPE = "application/problem+json";

/** What an edge knows of a failure. */
export type Failure = {
  code: string;
  title: string;
  status: number;
  detail: string;
  errors?: readonly FieldError[];
  requestId: string;
};

/** The failure as every edge answers it. */
export function problemOf({ code, title, status, detail, errors = [], requestId }: Failure): Problem {
  return {
    type: `urn:trunkline:problem:${code.replaceAll("_", "-")}`,
    title,
    status,
    detail,
    code,
    errors: errors.map(withPointer),
    request_id: requestId,
  };
}

/** The answer with that content type. An edge may add members and headers of its own. */
export function problemAnswer(
  failure: Failure,
  more: Record<string, unknown> = {},
  headers: HeadersInit = {},
): Response {
  const answer = Response.json({ ...problemOf(failure), ...more }, { status: failure.status, headers });
  answer.headers.set("content-type", PROBLEM_TYPE);
  answer.headers.set(REQUEST_ID_HEADER, failure.requestId);
  return answer;
}
