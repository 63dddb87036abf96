import { isJsonType, readContentType, URL_ENCODED } from "../../lib/http/content-type";

/** The format of a body, as far as inserting values depends on it. */
export type BodyForm = "json" | "xml" | "form" | "plain";

/** The format that a subscriber's own headers declare: JSON unless their Content-Type says otherwise. */
export function formOf(headers: Readonly<Record<string, string>>): BodyForm {
  const declared = contentTypeOf(headers);
  if (declared === undefined) return "json";
  const { type } = readContentType(declared);
  if (isJsonType(type)) return "json";
  if (/^(?:application|text)\/xml$|\+xml$|^text\/html$/.test(type)) return "xml";
  return type === URL_ENCODED ? "form" : "plain";
}

/** The Content-Type among the headers, whatever the case of its name. */
export function contentTypeOf(headers: Readonly<Record<string, string>>): string | undefined {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === "content-type")?.[1];
}
