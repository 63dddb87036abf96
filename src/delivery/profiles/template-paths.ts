import { z } from "zod";
import { catalog, type EventType } from "../../events";
import type { Profile } from "./contract";

/**
 * The paths a template may use, defined by patterns: `{index}` is a number, a final `{path}` is one or more names, and
 * any other name in braces is one name.
 */
export function pathsLike(list: () => readonly string[]): Pick<Profile, "templatePaths" | "isTemplatePath"> {
  let patterns: readonly string[] | undefined;
  const listed = () => (patterns ??= list());
  return {
    get templatePaths() {
      return listed();
    },
    isTemplatePath: (path) => listed().some((pattern) => matches(pattern.split("."), path.split("."))),
  };
}

/** Patterns for all data of these events, from the catalog's schemas, below `prefix`. */
export function eventDataPaths(types: readonly EventType[], prefix: string): string[] {
  return [...new Set(types.flatMap((type) => schemaPaths(z.toJSONSchema(catalog[type]) as Schema, prefix)))];
}

type Schema = {
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  anyOf?: Schema[];
  type?: string;
};

function schemaPaths(schema: Schema, path: string): string[] {
  const below = [
    ...Object.entries(schema.properties ?? {}).flatMap(([name, property]) => schemaPaths(property, `${path}.${name}`)),
    ...(schema.items ? schemaPaths(schema.items, `${path}.{index}`) : []),
    ...(schema.anyOf ?? []).flatMap((option) => schemaPaths(option, path)),
  ];
  // A record or an unknown value may hold whatever the platform sent.
  const open =
    typeof schema.additionalProperties === "object" || Object.keys(schema).every((key) => key === "description");
  return [path, ...below, ...(open ? [`${path}.{path}`] : [])];
}

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  const open = pattern.at(-1) === "{path}";
  if (open ? path.length < pattern.length : path.length !== pattern.length) return false;
  return path.every((name, index) => {
    const expected = pattern[index] ?? "{path}";
    if (expected === "{index}") return /^\d{1,6}$/.test(name);
    return expected.startsWith("{") ? name !== "" : name === expected;
  });
}
