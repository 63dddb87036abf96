import { z } from "zod";

/** One wrong field. Without `pointer` and `code` an edge derives both (`withPointer`). */
export type FieldError = { field: string; message: string; pointer?: string; code?: string };

/** The same as an answer has it. */
export type NamedFieldError = Required<FieldError>;

// Every message is ours, wherever a schema of this process fails: this file is what makes messages of failures, so that
// nobody gets one without having loaded it. What a schema says itself goes first.
z.config({ customError: (issue) => messageOf(issue) });

const TYPES: Record<string, string> = {
  string: "a string",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  tuple: "a list",
  object: "an object",
  record: "an object",
  null: "null",
};

const FORMATS: Record<string, string> = {
  datetime: "a time in ISO 8601 with its offset, such as 2026-08-20T14:00:00Z",
  date: "a date, such as 2026-08-20",
  email: "an email address",
  url: "a URL",
  uuid: "a UUID",
  base64: "base64",
  json_string: "JSON",
};

const UNITS: Record<string, string> = { string: "characters", array: "items", set: "items", map: "entries" };

const LONGEST_LIST = 400;

function messageOf(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined
        ? REQUIRED
        : `must be ${TYPES[issue.expected] ?? `of the type ${issue.expected}`}`;
    case "too_big":
      return limitOf(issue.origin, issue.inclusive === false ? "less than" : "at most", Number(issue.maximum));
    case "too_small":
      if (issue.origin === "string" && Number(issue.minimum) === 1) return "must not be empty";
      return limitOf(issue.origin, issue.inclusive === false ? "more than" : "at least", Number(issue.minimum));
    case "invalid_value":
      return issue.input === undefined ? REQUIRED : `must be ${choiceOf(issue.values)}`;
    case "invalid_format":
      return FORMATS[issue.format] === undefined
        ? "is not in the form it must have"
        : `must be ${FORMATS[issue.format]}`;
    case "not_multiple_of":
      return `must be a multiple of ${issue.divisor}`;
    case "unrecognized_keys":
      return UNKNOWN;
    case "invalid_union":
      return issue.input === undefined ? REQUIRED : "has none of the forms that are allowed here";
    case "invalid_key":
      return "has a name that is not allowed here";
    case "invalid_element":
      return "has an entry that is not allowed here";
    default:
      return "is not valid";
  }
}

const REQUIRED = "is required";
const UNKNOWN = "is not known here";

function limitOf(origin: string, bound: string, limit: number): string {
  const unit = UNITS[origin];
  return unit === undefined ? `must be ${bound} ${limit}` : `must have ${bound} ${limit} ${unit}`;
}

function choiceOf(values: readonly unknown[]): string {
  if (values.length === 1) return String(values[0]);
  const list = values.map(String).join(", ");
  return list.length > LONGEST_LIST ? "one of the values that are listed for it" : `one of ${list}`;
}

const CODES: Record<string, string> = {
  invalid_value: "not_one_of",
  invalid_format: "wrong_format",
  invalid_union: "wrong_form",
  invalid_key: "wrong_name",
  invalid_element: "wrong_entry",
  not_multiple_of: "not_multiple_of",
  custom: "invalid",
};

function codeOf({ code, message, ...issue }: z.core.$ZodIssue): string {
  if (message === REQUIRED) return "required";
  if (code === "invalid_type") return "wrong_type";
  if (code !== "too_big" && code !== "too_small") return CODES[code ?? ""] ?? "invalid";
  const isLength = "origin" in issue && UNITS[String(issue.origin)] !== undefined;
  return isLength ? (code === "too_big" ? "too_long" : "too_short") : code;
}

/** What is wrong with the fields of an input. `within` is where the parsed value is in it. */
export function fieldErrorsOf(error: z.ZodError, within: readonly string[] = []): NamedFieldError[] {
  // A value of another type also breaks the limits of its type: that much is clear.
  const mistyped = new Set(
    error.issues.filter(({ code }) => code === "invalid_type").map(({ path }) => path.join("/")),
  );
  const issues = error.issues.filter(({ code, path }) => code === "invalid_type" || !mistyped.has(path.join("/")));
  return issues.flatMap((issue) => {
    const path = [...within, ...issue.path.map(String)];
    if (issue.code !== "unrecognized_keys") return [fieldError(path, issue.message, codeOf(issue))];
    return issue.keys.map((key) => fieldError([...path, key], UNKNOWN, "unknown_field"));
  });
}

function fieldError(path: readonly string[], message: string, code: string): NamedFieldError {
  return { field: path.join("."), pointer: pointerOf(path), code, message };
}

/** The error as an answer has it. A core function names a field by its path with dots, and seldom a code. */
export function withPointer({ field, message, pointer, code }: FieldError): NamedFieldError {
  const path = field === "" ? [] : field.split(".");
  const isMissing = message === REQUIRED || message === "is missing";
  const derived = isMissing ? "required" : message === UNKNOWN ? "unknown_field" : "invalid";
  return { field, pointer: pointer ?? pointerOf(path), code: code ?? derived, message };
}

/** A JSON Pointer (RFC 6901) as the fragment of a URI, as RFC 9457 shows it. */
function pointerOf(path: readonly string[]): string {
  return `#${path.map((step) => `/${encodeURIComponent(step.replaceAll("~", "~0").replaceAll("/", "~1"))}`).join("")}`;
}
