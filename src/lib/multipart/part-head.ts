import { readContentDisposition } from "../http/content-disposition";
import { unfolded } from "../http/parameters";
import { err, ok, type Result } from "../result";

/** The headers of a part. `fileName` is as sent, perhaps with a path; null for a plain field. */
export type PartHead = { name: string; fileName: string | null; contentType: string | null };

const PLAIN_ENCODINGS = new Set(["binary", "8bit", "7bit"]);

/** Reads the header lines of a part (RFC 7578 §4.2). Gives a message when they are invalid. */
export function readPartHead(bytes: Uint8Array): Result<PartHead, string> {
  const headers = new Map<string, string>();
  // A line that begins with a blank goes on with the one before (RFC 5322 §2.2.3): JavaMail writes long ones so.
  for (const line of unfolded(new TextDecoder().decode(bytes)).split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon < 1 || /^\s|[\r\n\0]/.test(line)) return err("a part has a header line that is none");
    const name = line.slice(0, colon).trim().toLowerCase();
    if (headers.has(name)) return err(`a part has two headers ${name}`);
    headers.set(name, line.slice(colon + 1).trim());
  }
  const encoding = headers.get("content-transfer-encoding")?.toLowerCase() ?? "binary";
  if (!PLAIN_ENCODINGS.has(encoding)) return err(`a part is encoded as ${encoding}: send it as it is`);
  const disposition = readContentDisposition(headers.get("content-disposition"));
  if (disposition?.type !== "form-data" || disposition.name === undefined)
    return err('a part has no Content-Disposition: form-data with a name="…"');
  const { name, fileName = null } = disposition;
  return ok({ name, fileName, contentType: headers.get("content-type") ?? null });
}
