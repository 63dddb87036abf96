import { recent } from "../recent";
import { readParameters, unfolded } from "./parameters";

/**
 * A content type in its pieces. `type` is in lower case, "" where none was named; `charset` is in lower case, undefined
 * where none was. `parameters` are as they were written, by their names in lower case; of one given twice, the first.
 */
export type ContentType = { type: string; charset: string | undefined; parameters: ReadonlyMap<string, string> };

// A type that was set twice arrives joined by a comma. A comma of a boundary has no type behind it.
const NEXT_TYPE = /,\s*[\w.+-]+\/[\w.+-]+\s*(?:[;,].*)?$/s;

/** Reads a Content-Type header (RFC 9110 §8.3). One that was set twice arrives joined by a comma: the first counts. */
export function readContentType(header: string | null | undefined): ContentType {
  const written = header ?? "";
  return written.length > LONG ? readAnew(written) : types(written, () => readAnew(written));
}

// A sender writes the same type each time.
const types = recent<ContentType>(100);
const LONG = 200;

function readAnew(header: string): ContentType {
  const text = unfolded(header);
  const type = (text.split(/[;,]/, 1)[0] ?? "").trim().toLowerCase();
  const parameters = new Map<string, string>();
  for (const parameter of readParameters(text)) {
    if (!parameter || parameters.has(parameter.name)) continue;
    const { name, value, quoted } = parameter;
    parameters.set(name, quoted ? value.replace(/\\([^])/g, "$1") : withoutNext(value));
  }
  // Some write the apostrophes of their programming language.
  const charset = /^'?([^']*?)'?$/
    .exec(parameters.get("charset") ?? "")?.[1]
    ?.trim()
    .toLowerCase();
  return { type, charset: charset || undefined, parameters };
}

/** Whether a media type in lower case is JSON: `application/json`, `text/json`, `application/problem+json`. */
export function isJsonType(type: string): boolean {
  return /^(?:application|text)\/(?:x-)?json$|\+json$/.test(type);
}

/** Whether a media type in lower case is a form, URL-encoded or of several parts. */
export function isFormType(type: string): boolean {
  return type === URL_ENCODED || type === "multipart/form-data";
}

export const URL_ENCODED = "application/x-www-form-urlencoded";

function withoutNext(value: string): string {
  return value.replace(NEXT_TYPE, "").replace(/,\s*$/, "").trim();
}
