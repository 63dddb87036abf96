import { readParameters, unfolded } from "./parameters";

/** What a Content-Disposition header says. `fileName` is as it was sent (a path, perhaps). */
export type ContentDisposition = { type: string; name: string | undefined; fileName: string | undefined };

/**
 * Reads a Content-Disposition header (RFC 6266, for parts of forms RFC 7578 §4.2); undefined for what is none: of a
 * parameter given twice, nobody could say which counts. The extended form (`filename*`) stands above the plain one.
 */
export function readContentDisposition(header: string | null | undefined): ContentDisposition | undefined {
  const text = unfolded(header ?? "");
  const type = /^\s*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)\s*(?=;|$)/.exec(text)?.[1];
  if (type === undefined) return undefined;
  const parameters = new Map<string, string>();
  for (const parameter of readParameters(text)) {
    if (!parameter || parameters.has(parameter.name)) return undefined;
    parameters.set(parameter.name, parameter.quoted ? unquoted(parameter.value) : parameter.value);
  }
  return {
    type: type.toLowerCase(),
    name: parameters.get("name") ?? extended(parameters.get("name*")),
    fileName: extended(parameters.get("filename*")) ?? parameters.get("filename"),
  };
}

// Browsers write a quote as %22 (HTML standard, "multipart/form-data encoding algorithm"), older curl as \". A
// backslash before anything else is one: some clients send whole Windows paths.
function unquoted(text: string): string {
  return text
    .replace(/\\(["\\])/g, "$1")
    .replace(/%22/g, '"')
    .replace(/%0D/gi, "\r")
    .replace(/%0A/gi, "\n");
}

// RFC 8187: UTF-8''na%C3%AFve.wav. RFC 7578 forbids it in forms, where Python's and .NET's clients send it all the
// same.
function extended(text: string | undefined): string | undefined {
  const [, charset, encoded] = /^(utf-8|iso-8859-1)'[^']*'(.*)$/is.exec(text ?? "") ?? [];
  if (charset === undefined || encoded === undefined) return undefined;
  try {
    return charset.toLowerCase() === "utf-8" ? decodeURIComponent(encoded) : fromLatin1(encoded);
  } catch {
    return undefined;
  }
}

function fromLatin1(encoded: string): string {
  return encoded.replace(/%([0-9a-f]{2})/gi, (_all, pair: string) => String.fromCharCode(Number.parseInt(pair, 16)));
}
