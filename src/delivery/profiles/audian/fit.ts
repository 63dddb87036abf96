import { isObject } from "../facts";
import type { AudianPayload } from "./payload";

/** A value that can be left out, and how many bytes of JSON that saves. */
type Candidate = { holder: Record<string, unknown>; key: string; path: string; bytes: number };

// Leaving out less than this saves nothing: naming the omission takes as much.
const MIN_OMITTED = 200;

const encoder = new TextEncoder();

/**
 * Leaves out the payload's largest texts, lists and objects, one by one, until its JSON is below `limit` bytes.
 * `data.omitted` names them and `data.omitted_url` says where to read them. Texts become null; lists and objects become
 * empty. Gives a copy, or the payload itself when it fits.
 */
export function fitPayload(payload: AudianPayload, limit: number, link: string): AudianPayload {
  if (sizeOf(payload) < limit) return payload;
  const omitted: { path: string; bytes: number }[] = [];
  const data: Record<string, unknown> = { ...payload.data, omitted, omitted_url: link };
  for (const [key, value] of Object.entries(payload.data)) if (isObject(value)) data[key] = { ...value };
  const fitted = { ...payload, data };
  const left = candidatesOf(data).toSorted((one, other) => one.bytes - other.bytes);
  while (sizeOf(fitted) >= limit) {
    const largest = left.pop();
    if (!largest) throw new Error(`the event has no body below ${limit} bytes`);
    largest.holder[largest.key] = emptied(largest.holder[largest.key]);
    omitted.push({ path: largest.path, bytes: largest.bytes });
  }
  return fitted;
}

/** Everything large, one level into each object, so that the objects of the catalog keep their keys. */
function candidatesOf(data: Record<string, unknown>): Candidate[] {
  const outer = Object.keys(data)
    .filter((key) => !isObject(data[key]) && key !== "omitted" && key !== "omitted_url")
    .map((key) => candidate(data, key, key));
  const inner = Object.entries(data).flatMap(([name, value]) =>
    isObject(value) ? Object.keys(value).map((key) => candidate(value, key, `${name}.${key}`)) : [],
  );
  return [...outer, ...inner].filter(({ bytes }) => bytes >= MIN_OMITTED);
}

function candidate(holder: Record<string, unknown>, key: string, path: string): Candidate {
  return { holder, key, path, bytes: sizeOf(holder[key]) };
}

function emptied(value: unknown): unknown {
  if (Array.isArray(value)) return [];
  return isObject(value) ? {} : null;
}

function sizeOf(value: unknown): number {
  return encoder.encode(JSON.stringify(value) ?? "").length;
}
