import type { FieldError } from "../contract";
import type { Mapping } from "./schema";

/** A path of names alone, as `call.length_seconds`. */
const PLAIN = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/;

/**
 * What is wrong with a fact, named by the field of the body that the mapping reads it from: the first of its alternatives that
 * is there, or its only one. A fact that is worked out of more than a field keeps its own name and points at the whole body.
 */
export function inBody(problem: FieldError, mapping: Mapping, body: Record<string, unknown>): FieldError {
  const [fact = "", ...rest] = problem.field.split(".");
  const paths = expressionsOf(mapping, fact).flatMap((text) => text.split("||").map((one) => one.trim()));
  const plain = paths.filter((path) => PLAIN.test(path));
  // An id of several parts lacks the one that is not there; which of them is of the wrong kind is not known.
  const isOfParts = Array.isArray(mapping[fact as keyof Mapping]) && paths.length > 1;
  const isSought = (one: string) => isThere(body, one) === (problem.code !== "required");
  const found = isOfParts && problem.code !== "required" ? undefined : plain.find(isSought);
  const path = found ?? (paths.length === 1 ? plain[0] : undefined);
  return path === undefined ? { ...problem, pointer: "#" } : { ...problem, field: [path, ...rest].join(".") };
}

function expressionsOf(mapping: Mapping, fact: string): string[] {
  if (fact === "recordings") {
    const { recordings = [] } = mapping;
    return typeof recordings === "object" && "list" in recordings ? [recordings.list] : [recordings].flat();
  }
  const how: unknown = Object.hasOwn(mapping, fact) ? mapping[fact as keyof Mapping] : undefined;
  if (typeof how === "string") return [how];
  if (Array.isArray(how)) return how.filter((one) => typeof one === "string");
  const path: unknown = typeof how === "object" && how !== null && "path" in how ? how.path : undefined;
  return typeof path === "string" ? [path] : [];
}

function isThere(body: unknown, path: string): boolean {
  let value = body;
  for (const name of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return false;
    value = (value as Record<string, unknown>)[name];
  }
  return value !== null;
}
