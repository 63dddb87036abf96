import { z, type Hook } from "@hono/zod-openapi";
import type { Context, TypedResponse } from "hono";
import { HTTPException } from "hono/http-exception";
import type { DomainError } from "../errors";
import { fieldErrorsOf, type FieldError } from "../lib/field-issues";
import { PROBLEM_TYPE, problemAnswer, type Problem } from "../lib/problem";
import { requestIdOf } from "./request-id";
import type { ApiEnv } from "./router";

const problemError = z.object({
  field: z.string().describe("The path of the field, with dots."),
  pointer: z.string().describe("The same as a JSON Pointer (RFC 6901) into the body or the query."),
  code: z.string().describe("The kind of fault, such as `required`, `wrong_type` or `too_long`; stable."),
  message: z.string().describe("What is wrong, to be read after the name of the field."),
});

/** The shape of every failure (RFC 9457). */
export const problemSchema = z
  .object({
    type: z.string().describe("Identifies the kind of failure; stable."),
    title: z.string().describe("The kind of failure, for people."),
    status: z.number().int().describe("The HTTP status of the answer."),
    detail: z.string().describe("What went wrong this time and what to do about it, for people."),
    code: z.string().describe("The kind of failure in one word, for programs; stable."),
    errors: z.array(problemError).describe("What is wrong, field by field."),
    request_id: z.string().describe("The `X-Request-Id` of the answer: name it when you ask for help."),
    reason: z
      .enum(["permission_missing", "confirmation_required", "second_factor_required"])
      .optional()
      .describe("Where a permission is missing, or a person has to prove again or better who they are."),
    permission: z.string().optional().describe("The permission that is missing."),
    limit: z.number().int().optional().describe("Where the quota is used up: its requests an hour."),
    plan: z.string().optional().describe("Where the quota is used up: the plan that it is of."),
    reset: z.number().int().optional().describe("Where the quota is used up: when it begins anew, in Unix seconds."),
    bulk: z.string().optional().describe("Where the quota is used up: the operation that does many things at once."),
  })
  .openapi("Problem", {
    example: {
      type: "urn:trunkline:problem:invalid",
      title: "Invalid input",
      status: 422,
      detail: "1 field is not valid.",
      code: "invalid",
      errors: [{ field: "limit", pointer: "#/limit", code: "too_big", message: "must be at most 200" }],
      request_id: "req_4f1c0a7be2d95f0386d1c7a94be05f12",
    },
  });

const KINDS = {
  400: { code: "unreadable", title: "Unreadable request" },
  401: { code: "unauthenticated", title: "Not authenticated" },
  403: { code: "forbidden", title: "Not allowed" },
  404: { code: "not_found", title: "Not found" },
  405: { code: "method_not_allowed", title: "Method not allowed" },
  409: { code: "conflict", title: "Conflict" },
  412: { code: "precondition_failed", title: "Precondition failed" },
  413: { code: "too_large", title: "Too large" },
  415: { code: "unsupported_media_type", title: "Unsupported media type" },
  422: { code: "invalid", title: "Invalid input" },
  429: { code: "too_many_requests", title: "Too many requests" },
  500: { code: "internal", title: "Internal error" },
  503: { code: "unavailable", title: "Not available" },
} as const;

export type ProblemStatus = keyof typeof KINDS;
type ProblemResponse<S extends ProblemStatus> = TypedResponse<Problem, S, "json"> & Response;

/** The HTTP answer to a failure: the only mapping from `DomainError` to HTTP. */
export function problem(c: Context, error: DomainError): ProblemResponse<401 | 403 | 404 | 409 | 422 | 429> {
  switch (error.kind) {
    case "not_found":
      return answer(c, 404, `There is no such ${error.what}.`);
    case "invalid":
      return answer(c, 422, fieldCount(error.fields), error.fields);
    case "conflict":
      return answer(c, 409, error.message);
    case "unauthenticated":
      c.header("www-authenticate", "Bearer");
      return answer(c, 401, error.message);
    case "forbidden":
      return answer(c, 403, error.message);
    case "permission_missing": {
      const { kind, permission } = error;
      const detail = `The permission ${permission} is missing.`;
      return send(c, 403, { ...KINDS[403], code: kind, detail }, { reason: kind, permission });
    }
    case "confirmation_required":
      return refuseForNow(c, error.kind, "Confirm first that it is you: POST /v1/me/confirmations.");
    case "second_factor_required":
      return refuseForNow(c, error.kind, "This organization requires a second factor. Set one up first.");
    case "too_many":
      c.header("retry-after", String(error.retryAfter));
      return answer(c, 429, error.message);
    default:
      return error satisfies never;
  }
}

/** A 403 that the caller can do something about. */
function refuseForNow(c: Context, reason: "confirmation_required" | "second_factor_required", detail: string) {
  return send(c, 403, { ...KINDS[403], code: reason, detail }, { reason });
}

/** The answer to invalid input, naming each field. */
export const onInvalidInput: Hook<unknown, ApiEnv, string, Response | undefined> = (result, c) => {
  if (result.success) return undefined;
  const errors = fieldErrorsOf(result.error);
  return answer(c, 422, fieldCount(errors), errors);
};

/** The answer to an exception: a refusal of the framework in our shape, or a bug, which is logged and not shown. */
export function onError(error: Error, c: Context): Response {
  if (error instanceof HTTPException && isProblemStatus(error.status)) return answer(c, error.status, detailOf(error));
  // Without the query, which may contain a signature.
  const { method, path } = c.req;
  const id = requestIdOf(c);
  console.error(
    JSON.stringify({ event: "request.failed", requestId: id, method, path, error: String(error), stack: error.stack }),
  );
  return answer(c, 500, "Something went wrong on our side.");
}

/** The failures of a route, for its OpenAPI entry, including those of every route. */
export function failures<S extends ProblemStatus>(...statuses: S[]) {
  const content = { [PROBLEM_TYPE]: { schema: problemSchema } };
  const responses = statuses.map((status) => [status, { description: KINDS[status].title, content }]);
  return { ...Object.fromEntries(responses), default: { description: "Any other failure", content } } as {
    [K in S | "default"]: { description: string; content: typeof content };
  };
}

/** Builds the answer to a failure, for edges that have failures other than `DomainError`. */
export function answer<S extends ProblemStatus>(
  c: Context,
  status: S,
  detail: string,
  errors: readonly FieldError[] = [],
): ProblemResponse<S> {
  return send(c, status, { ...KINDS[status], detail, errors });
}

type Named = { code: string; title: string; detail: string; errors?: readonly FieldError[] };

/** The same with a code of its own. */
export function send<S extends ProblemStatus>(
  c: Context,
  status: S,
  failure: Named,
  more: Record<string, unknown> = {},
): ProblemResponse<S> {
  const made = problemAnswer({ ...failure, status, requestId: requestIdOf(c) }, more);
  // Created by Hono, so that headers set earlier stay. The cast gives the body's type, which Hono does not know.
  return c.newResponse(made.body, status, Object.fromEntries(made.headers)) as ProblemResponse<S>;
}

function detailOf(error: HTTPException): string {
  if (error.status === 400) return "The body is not readable JSON.";
  if (error.status === 415) return "Send the body as application/json.";
  return error.message;
}

function fieldCount(errors: readonly FieldError[]): string {
  return errors.length === 1 ? "1 field is not valid." : `${errors.length} fields are not valid.`;
}

function isProblemStatus(status: number): status is ProblemStatus {
  return status in KINDS;
}
