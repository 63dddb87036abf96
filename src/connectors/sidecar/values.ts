import { decodedText, rowsOfCsv } from "../read-csv";
import { timeOf } from "../rules/naming";
import type { SidecarFormat, SidecarRule } from "./rule";
import { xmlTree } from "./xml-tree";

const LONGEST = 2_000;
/** Values of a list that are joined. */
const MOST = 50;

/**
 * What a sidecar says of a call, by field; null where it is not of its format, or is cut. `isWhole`: whether it rested, so
 * that a last line without an end is one.
 */
export function sidecarFields(
  rule: SidecarRule,
  format: SidecarFormat,
  bytes: Uint8Array,
  isWhole: boolean,
): Map<string, string> | null {
  const tree = treeOf(format, decodedText(bytes), isWhole);
  if (typeof tree !== "object" || tree === null) return null;
  const fields = new Map<string, string>();
  for (const [field, path] of Object.entries(rule.fields)) {
    const value = textOf(valueAt(tree, path)).slice(0, LONGEST);
    if (value !== "") fields.set(field, field === "started_at" ? timeOf(value) : value);
  }
  return fields;
}

function treeOf(format: SidecarFormat, text: string, isWhole: boolean): unknown {
  if (format === "xml") return xmlTree(text);
  if (format === "csv") return rowsOfCsv(text, isWhole).rows[0];
  try {
    return JSON.parse(text.replace(/^\uFEFF/, "")) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * The value at a path of names, parted by dots, in any case; a number is a place in a list, and a list that is not gone into
 * by one is gone into by its first entry. A name may have dots of its own.
 */
export function valueAt(tree: unknown, path: string): unknown {
  if (Array.isArray(tree)) {
    const [, place, rest = ""] = /^(\d{1,6})(?:\.(.+))?$/.exec(path) ?? [];
    if (place === undefined) return valueAt(tree[0], path);
    return rest === "" ? tree[Number(place)] : valueAt(tree[Number(place)], rest);
  }
  if (typeof tree !== "object" || tree === null) return undefined;
  const entries = Object.entries(tree);
  const own = entries.find(([name]) => name.toLowerCase() === path.toLowerCase());
  if (own) return own[1];
  for (const [name, value] of entries) {
    const rest = path.slice(name.length + 1);
    const isOnWay = path.toLowerCase().startsWith(`${name.toLowerCase()}.`) && rest !== "";
    const found = isOnWay ? valueAt(value, rest) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value.trim();
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value))
    return value
      .slice(0, MOST)
      .map(textOf)
      .filter((text) => text !== "")
      .join(", ");
  // An element with attributes has its text beside them.
  if (typeof value === "object" && value !== null && "#text" in value) return textOf(value["#text"]);
  return "";
}
