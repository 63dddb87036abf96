import { err, ok, type Result } from "../lib/result";
import type { FieldError, Reading, Refusal } from "./contract";
import type { JsonProblem } from "./reading/json-object";

/** The sender did not prove who they are. `reason` is for the log; outside, every 401 looks alike. */
export function unauthorized(reason: string, message: string): Result<never, Refusal> {
  return err({ status: 401, reason, message });
}

/** The body is not in the form it must have. */
export function unreadable(reason: string, message: string): Result<never, Refusal> {
  return err({ status: 400, reason, message });
}

// What a form begins with, and what a part of one does.
const FORM = /^\s*(?:[\w.~%+*[\]-]{1,200}=|--[^\s]{1,70}\r?\n\s*content-disposition:)/i;

/** The body is not one JSON object. A form or XML is refused as what it is, whatever its type says. */
export function notJson(problem: JsonProblem): Result<never, Refusal> {
  switch (problem.kind) {
    case "not_object":
      return unreadable("not_an_object", "The body must be one JSON object: `{ … }`.");
    case "not_json":
      if (FORM.test(problem.text))
        return wrongType(
          "The body is a form. Send the notice as one JSON object, with Content-Type: application/json.",
        );
      if (/^\s*</.test(problem.text))
        return wrongType("The body is XML. Send the notice as one JSON object, with Content-Type: application/json.");
      return unreadable("invalid_json", "The body is not JSON.");
  }
}

function wrongType(message: string): Result<never, Refusal> {
  return err({ status: 415, reason: "unsupported_content_type", message });
}

/** Fields the platform always sends are not there: all of them are named at once. */
export function missingFields(fields: readonly string[]): Result<never, Refusal> {
  const errors: FieldError[] = fields.map((field) => ({ field, message: "is missing" }));
  return err({ status: 422, reason: "missing_fields", message: `Fields are missing: ${fields.join(", ")}.`, errors });
}

/** No call comes of this body, which is no fault of its sender: the platform gets a 2xx and the log the reason. */
export function ignored(reason: string, message: string): Result<Reading, Refusal> {
  return ok({ kind: "ignored", reason, message });
}
