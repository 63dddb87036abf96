import { keepCustom } from "../reading/custom";
import type { FactReader } from "./fact-reader";
import type { Mapping } from "./schema";

/** What is kept beside the facts. `unused` are the fields at the top that no expression begins at. */
export function customOf(
  reader: FactReader,
  wanted: Mapping["custom"],
  body: Record<string, unknown>,
  unused: readonly string[],
): Record<string, unknown> {
  if (wanted === undefined) return {};
  if (wanted !== "*") {
    const named = Object.entries(wanted);
    return keepCustom(named.map(([name, path]) => [name, reader.value(`custom.${name}`, path)] as const));
  }
  const entries = unused.flatMap((name): (readonly [string, unknown])[] => {
    const value = body[name];
    // The API's own name for them: what is in it is meant, not the object.
    const isBag = name === "custom" && typeof value === "object" && value !== null && !Array.isArray(value);
    return isBag ? Object.entries(value) : [[name, value]];
  });
  return keepCustom(entries);
}
