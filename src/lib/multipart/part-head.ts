import { err, ok, type Result } from "../result";

/** The headers of a part. `fileName` is as sent, perhaps with a path; null for a plain field. */
export type PartHead = { name: string; fileName: string | null; contentType: string | null };

// A name that should be quoted and is not may contain spaces.
const PARAMETER = /;\s*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)\s*=\s*(?:"((?:[^"\\]|\\[^])*)"|([^;"]*?))\s*(?=;|$)/y;
const FOLD = /\r\n[ \t]+/g;
const PLAIN_ENCODINGS = new Set(["binary", "8bit", "7bit"]);

/** Reads the header lines of a part (RFC 7578 §4.2). Gives a message when they are invalid. */
export function readPartHead(bytes: Uint8Array): Result<PartHead, string> {
  const headers = new Map<string, string>();
  // A line that begins with a space continues the one before (RFC 5322 §2.2.3): JavaMail writes long ones this way.
  for (const line of new TextDecoder().decode(bytes).replace(FOLD, " ").split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon < 1 || /^\s|[\r\n\0]/.test(line)) return err("a part has a header line that is none");
    const name = line.slice(0, colon).trim().toLowerCase();
    if (headers.has(name)) return err(`a part has two headers ${name}`);
    headers.set(name, line.slice(colon + 1).trim());
  }
  const encoding = headers.get("content-transfer-encoding")?.toLowerCase() ?? "binary";
  if (!PLAIN_ENCODINGS.has(encoding)) return err(`a part is encoded as ${encoding}: send it as it is`);
  const parameters = formDataParameters(headers.get("content-disposition") ?? "");
  const name = parameters?.get("name") ?? extended(parameters?.get("name*"));
  if (name === undefined) return err('a part has no Content-Disposition: form-data with a name="…"');
  const fileName = extended(parameters?.get("filename*")) ?? parameters?.get("filename");
  return ok({ name, fileName: fileName ?? null, contentType: headers.get("content-type") ?? null });
}

function formDataParameters(header: string): Map<string, string> | undefined {
  const disposition = header.replace(/[;\s]+$/, "");
  const type = /^form-data\s*(?=;|$)/i.exec(disposition);
  if (!type) return undefined;
  const parameters = new Map<string, string>();
  PARAMETER.lastIndex = type[0].length;
  while (PARAMETER.lastIndex < disposition.length) {
    const match = PARAMETER.exec(disposition);
    if (!match?.[1] || parameters.has(match[1].toLowerCase())) return undefined;
    parameters.set(match[1].toLowerCase(), match[2] === undefined ? (match[3] ?? "") : unquoted(match[2]));
  }
  return parameters;
}

// Browsers write a quote as %22 (HTML standard, "multipart/form-data encoding algorithm"), older curl as \". Any other
// backslash is literal: some clients send complete Windows paths.
function unquoted(text: string): string {
  return text
    .replace(/\\(["\\])/g, "$1")
    .replace(/%22/g, '"')
    .replace(/%0D/gi, "\r")
    .replace(/%0A/gi, "\n");
}

// RFC 7578 forbids this form and Python clients send it: UTF-8''na%C3%AFve.wav
function extended(text: string | undefined): string | undefined {
  const encoded = /^utf-8'[^']*'(.*)$/i.exec(text ?? "")?.[1];
  if (encoded === undefined) return undefined;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}
