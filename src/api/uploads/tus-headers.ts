import { fromBase64 } from "../../lib/hmac";
import {
  CHECKSUM_ALGORITHMS,
  type Checksum,
  type OpenUploadExtras,
  type UploadFields,
  type UploadRow,
} from "../../sources";

/** The only version of the protocol. */
export const VERSION = "1.0.0";

/** The content of Upload-Metadata: the fields of the call, and those that clients send about the file. */
export type TusMetadata = { fields: UploadFields; fileName: string | null; mediaType: string | null };

// Uppy and tus-js-client's examples send these about every file.
const OF_FILE = new Set(["filename", "filetype", "name", "type", "relativePath"]);

/** Reads `name base64,name base64` (tus 1.0.0, creation); undefined when it is invalid. A value may be missing. */
export function readTusMetadata(header: string): TusMetadata | undefined {
  const entries = new Map<string, string>();
  // A list made in a loop may end in a comma.
  for (const pair of header.replace(/(?<=[^,\s]\s*),\s*$/, "").split(",")) {
    if (pair.trim() === "" && header.trim() === "") break;
    const [name = "", encoded = "", ...rest] = pair.trim().split(/ +/);
    const bytes = fromBase64(encoded);
    if (!/^[\x21-\x7e]{1,120}$/.test(name) || entries.has(name) || !bytes || rest.length > 0) return undefined;
    const text = textOf(bytes);
    if (text === undefined) return undefined;
    entries.set(name, text);
  }
  return {
    fields: new Map([...entries].filter(([name]) => !OF_FILE.has(name))),
    fileName: entries.get("filename") ?? entries.get("name") ?? null,
    mediaType: entries.get("filetype") ?? entries.get("type") ?? null,
  };
}

// Must be valid UTF-8: replacement characters could make two names of calls or operators equal.
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Reads `sha1 base64` (tus 1.0.0, checksum); undefined when it is invalid or the algorithm is unknown. */
export function readChecksum(header: string): Checksum | undefined {
  const [algorithm = "", encoded = "", ...rest] = header.trim().split(/ +/);
  const digest = fromBase64(encoded);
  if (!isAlgorithm(algorithm) || !digest || digest.length === 0 || rest.length > 0) return undefined;
  return { algorithm, digest };
}

function isAlgorithm(name: string): name is Checksum["algorithm"] {
  return Object.hasOwn(CHECKSUM_ALGORITHMS, name);
}

/** The state of an upload as headers. `whole` adds the headers of HEAD; metadata is deleted once the call has it. */
export function describeUpload(row: UploadRow, whole = false): Record<string, string> {
  const { metadata = null } = row.call as Partial<OpenUploadExtras>;
  return {
    "upload-offset": String(row.received),
    ...(whole && { "upload-length": String(row.size) }),
    ...(whole && metadata !== null && { "upload-metadata": metadata }),
    ...(row.state === "open" && { "upload-expires": new Date(row.expiresAt).toUTCString() }),
  };
}
