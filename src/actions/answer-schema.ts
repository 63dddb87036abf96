import { isDeeperThan, MOST_LEVELS } from "../lib/json-depth";
import { err, ok, type Result } from "../lib/result";

// The part of JSON Schema that an answer of a language model can be asked for in. What is not understood is refused when it
// is saved: a word that is passed over would promise what nobody checks.

const WORDS = new Set([
  "type",
  "title",
  "description",
  "properties",
  "required",
  "additionalProperties",
  "items",
  "enum",
  "const",
  "minimum",
  "maximum",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
]);
const TYPES = new Set(["object", "array", "string", "number", "integer", "boolean", "null"]);
const MOST_DEPTH = 6;
/** Characters of a schema as JSON: it is sent with every question. */
export const MOST_SCHEMA = 4_000;

type Schema = Record<string, unknown>;

/** Whether this is a schema that answers can be checked against; else what is wrong with it. */
export function checkSchema(schema: unknown): Result<Schema, string> {
  if (!isObject(schema) || schema["type"] !== "object") return err('must be an object with "type": "object"');
  if (JSON.stringify(schema).length > MOST_SCHEMA) return err(`must have at most ${MOST_SCHEMA} characters`);
  // The values of enum and const are looked at by nothing else.
  if (isDeeperThan(schema, MOST_LEVELS)) return err(`must not be nested deeper than ${MOST_LEVELS} levels`);
  const problem = problemOf(schema, 1);
  return problem === undefined ? ok(schema) : err(problem);
}

function problemOf(schema: unknown, depth: number): string | undefined {
  if (!isObject(schema)) return "each part must be an object";
  if (depth > MOST_DEPTH) return `must not be deeper than ${MOST_DEPTH}`;
  const unknown = Object.keys(schema).find((word) => !WORDS.has(word));
  if (unknown !== undefined) return `${unknown} is not understood`;
  const types = typesOf(schema);
  if (types.length === 0 && schema["enum"] === undefined && schema["const"] === undefined)
    return "each part needs a type";
  const odd = types.find((type) => !TYPES.has(type));
  if (odd !== undefined) return `${odd} is no type`;
  if (schema["enum"] !== undefined && !(Array.isArray(schema["enum"]) && schema["enum"].length > 0))
    return "enum must be a list";
  if (schema["required"] !== undefined && !isTexts(schema["required"])) return "required must be a list of names";
  const limits = ["minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"];
  const limit = limits.find((word) => schema[word] !== undefined && typeof schema[word] !== "number");
  if (limit !== undefined) return `${limit} must be a number`;
  const { properties, items, additionalProperties: more } = schema;
  if (more !== undefined && typeof more !== "boolean") return "additionalProperties must be true or false";
  if (properties !== undefined && !isObject(properties)) return "properties must be an object";
  const parts = [...Object.values(properties ?? {}), ...(items === undefined ? [] : [items])];
  for (const part of parts) {
    const problem = problemOf(part, depth + 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** What keeps a value from fitting a checked schema, with where; undefined where it fits. */
export function misfitOf(schema: Schema, value: unknown, at = "the answer"): string | undefined {
  const types = typesOf(schema);
  if (types.length > 0 && !types.some((type) => isOfType(value, type))) return `${at} is no ${types.join(" or ")}`;
  const text = JSON.stringify(value);
  const listed = schema["enum"] as unknown[] | undefined;
  if (listed && !listed.some((one) => JSON.stringify(one) === text))
    return `${at} is none of ${JSON.stringify(listed)}`;
  if (schema["const"] !== undefined && JSON.stringify(schema["const"]) !== text)
    return `${at} is not ${JSON.stringify(schema["const"])}`;
  if (typeof value === "number") return misfitOfSize(schema, value, "minimum", "maximum", at);
  if (typeof value === "string") return misfitOfSize(schema, value.length, "minLength", "maxLength", at);
  if (Array.isArray(value)) {
    const own = misfitOfSize(schema, value.length, "minItems", "maxItems", at);
    if (own !== undefined || schema["items"] === undefined) return own;
    for (const [place, item] of value.entries()) {
      const misfit = misfitOf(schema["items"] as Schema, item, `${at}[${place}]`);
      if (misfit !== undefined) return misfit;
    }
    return undefined;
  }
  return isObject(value) ? misfitOfObject(schema, value, at) : undefined;
}

function misfitOfObject(schema: Schema, value: Schema, at: string): string | undefined {
  const properties = (schema["properties"] ?? {}) as Record<string, Schema>;
  const missing = ((schema["required"] ?? []) as string[]).find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) return `${at} has no ${missing}`;
  const extra = Object.keys(value).find((name) => !Object.hasOwn(properties, name));
  if (extra !== undefined && schema["additionalProperties"] === false) return `${at} has ${extra.slice(0, 60)}`;
  for (const [name, part] of Object.entries(properties)) {
    if (!Object.hasOwn(value, name)) continue;
    const misfit = misfitOf(part, value[name], `${at}.${name}`);
    if (misfit !== undefined) return misfit;
  }
  return undefined;
}

function misfitOfSize(schema: Schema, size: number, least: string, most: string, at: string): string | undefined {
  if (typeof schema[least] === "number" && size < schema[least]) return `${at} is under the ${least} ${schema[least]}`;
  if (typeof schema[most] === "number" && size > schema[most]) return `${at} is over the ${most} ${schema[most]}`;
  return undefined;
}

function typesOf(schema: Schema): string[] {
  const { type } = schema;
  if (typeof type === "string") return [type];
  return Array.isArray(type) ? type.map(String) : [];
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case "object":
      return isObject(value);
    case "array":
      return Array.isArray(value);
    case "integer":
      return Number.isInteger(value);
    case "null":
      return value === null;
    default:
      return typeof value === type;
  }
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

function isObject(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
