import { err, ok, type Result } from "../../lib/result";
import { decodeJson } from "./text";

/** The keys of a body in the order they came. A map, because a hostile key such as `__proto__` is harmless in it. */
export type Fields = ReadonlyMap<string, unknown>;

export type JsonProblem = { kind: "not_json"; text: string } | { kind: "not_object" };

/**
 * Reads bytes as one JSON object (a byte order mark is allowed). A string that is not UTF-8 is decoded by itself.
 * `longIntegers: "text"` keeps the digits of integers beyond 2^53 as text: ids of 64 bits lose their last digits as
 * numbers.
 */
export function readJsonObject(body: Uint8Array, options: { longIntegers?: "text" } = {}): Result<Fields, JsonProblem> {
  const text = decodeJson(body);
  try {
    const fields = fieldsOf(JSON.parse(text, options.longIntegers === "text" ? keepDigits : undefined));
    return fields ? ok(fields) : err({ kind: "not_object" });
  } catch {
    return err({ kind: "not_json", text });
  }
}

/** The keys of an object; undefined for anything else. */
export function fieldsOf(value: unknown): Fields | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return new Map(Object.entries(value));
}

// `source` is the number as it was written (ECMAScript 2026, JSON.parse source text access).
function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  const isLong = typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? "");
  return isLong ? context?.source : value;
}
