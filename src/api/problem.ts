import { z, type Hook } from "@hono/zod-openapi";
import type { Context, TypedResponse } from "hono";
import { HTTPException } from "hono/http-exception";
import type { DomainError } from "../errors";
import { PROBLEM_TYPE, problemAnswer, type Problem } from "../lib/problem";
import type { ApiEnv } from "./router";

/** The shape of every failure (RFC 9457). */
export const problemSchema = z
  .object({
    type: z.string().describe("Identifies the kind of failure; stable."),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    errors: z.array(z.object({ field: z.string(), message: z.string() })).describe("What is wrong, field by field."),
    reason: z
      .enum(["permission_missing", "confirmation_required", "second_factor_required"])
      .optional()
      .describe("Where a permission is missing, or a person has to prove again or better who they are."),
    permission: z.string().optional().describe("The permission that is missing."),
  })
  .openapi("Problem", {
    example: {
      type: "urn:trunkline:problem:invalid",
      title: "Invalid input",
      status: 422,
      detail: "1 field is not valid.",
      errors: [{ field: "limit", message: "Too big: expected number to be <=200" }],
    },
  });

type FieldError = Problem["errors"][number];

const KINDS = {
  400: { name: "unreadable", title: "Unreadable request" },
  401: { name: "unauthenticated", title: "Not authenticated" },
  403: { name: "forbidden", title: "Not allowed" },
  404: { name: "not-found", title: "Not found" },
  409: { name: "conflict", title: "Conflict" },
  412: { name: "precondition-failed", title: "Precondition failed" },
  413: { name: "too-large", title: "Too large" },
  415: { name: "unsupported-media-type", title: "Unsupported media type" },
  422: { name: "invalid", title: "Invalid input" },
  429: { name: "too-many-requests", title: "Too many requests" },
  500: { name: "internal", title: "Internal error" },
  503: { name: "unavailable", title: "Not available" },
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
      const { permission } = error;
      const { title } = KINDS[403];
      const detail = `The permission ${permission} is missing.`;
      const body = { type: "urn:trunkline:problem:permission-missing", title, status: 403, detail, errors: [] };
      return send(c, 403, body, { reason: "permission_missing", permission });
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
  const type = `urn:trunkline:problem:${reason.replaceAll("_", "-")}`;
  return send(c, 403, { type, title: KINDS[403].title, status: 403, detail, errors: [] }, { reason });
}

/** The answer to invalid input, naming each field. */
export const onInvalidInput: Hook<unknown, ApiEnv, string, Response | undefined> = (result, c) => {
  if (result.success) return undefined;
  const errors = result.error.issues.flatMap((issue): FieldError[] => {
    const path = issue.path.map(String);
    if (issue.code !== "unrecognized_keys") return [{ field: path.join("."), message: messageOf(issue) }];
    return issue.keys.map((key) => ({ field: [...path, key].join("."), message: "is not known here" }));
  });
  return answer(c, 422, fieldCount(errors), errors);
};

// Zod's message for a missing field is unclear to the caller, so it is replaced.
function messageOf({ code, message }: { code: string; message: string }): string {
  return code === "invalid_type" && message.endsWith("received undefined") ? "is required" : message;
}

/** The answer to an unknown path. */
export function onNotFound(c: Context): Response {
  return answer(c, 404, "There is nothing at this address.");
}

/** The answer to an exception: a refusal of the framework in our shape, or a bug, which is logged and not shown. */
export function onError(error: Error, c: Context): Response {
  if (error instanceof HTTPException && isProblemStatus(error.status)) return answer(c, error.status, detailOf(error));
  // Without the query, which may contain a signature.
  const { method, path } = c.req;
  const requestId: unknown = c.get("requestId");
  console.error(
    JSON.stringify({ event: "request.failed", requestId, method, path, error: String(error), stack: error.stack }),
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
  errors: FieldError[] = [],
): ProblemResponse<S> {
  const { name, title } = KINDS[status];
  const body: Problem = { type: `urn:trunkline:problem:${name}`, title, status, detail, errors };
  return send(c, status, body);
}

function send<S extends ProblemStatus>(
  c: Context,
  status: S,
  body: Problem,
  more: Record<string, unknown> = {},
): ProblemResponse<S> {
  const made = problemAnswer(body, more);
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
