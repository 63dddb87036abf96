import { fromBase64 } from "../../lib/hmac";
import {
  CHECKSUM_ALGORITHMS,
  UPLOAD_FIELDS,
  type Checksum,
  type OpenUploadExtras,
  type UploadFields,
  type UploadRow,
} from "../../sources";

/** The only version of the protocol. */
export const VERSION = "1.0.0";

/**
 * The content of Upload-Metadata: the fields of the call, and those that clients send about the file. Names that are
 * neither are kept with the call as `custom[…]`.
 */
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
    fields: new Map([...entries].filter(([name]) => !OF_FILE.has(name)).map(([name, text]) => [fieldOf(name), text])),
    fileName: entries.get("filename") ?? entries.get("name") ?? null,
    mediaType: entries.get("filetype") ?? entries.get("type") ?? null,
  };
}

function fieldOf(name: string): string {
  const isField = name.includes("[") || UPLOAD_FIELDS.some((field) => field === name);
  return isField ? name : `custom[${name}]`;
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

/** What Upload-Concat says: a piece, or a file of these pieces, by id. */
export type Concatenation = "partial" | { pieces: string[] };

/** Reads Upload-Concat (tus 1.0.0, concatenation); undefined when it is invalid. Addresses may be whole or paths. */
export function readConcat(header: string): Concatenation | undefined {
  const text = header.trim();
  if (text === "partial") return "partial";
  if (!text.startsWith("final;")) return undefined;
  const pieces = text.slice("final;".length).trim().split(/ +/).map(idInAddress);
  return pieces.every((id) => id !== undefined) ? { pieces } : undefined;
}

function idInAddress(address: string): string | undefined {
  return /(?:^|\/)(upl_[0-9a-z]{26})$/.exec(address)?.[1];
}

/** Reads Upload-Length: whole bytes. Undefined when it is missing or no number; too long a number is Infinity. */
export function readLength(header: string | undefined): number | undefined {
  if (header === undefined || !/^\d+$/.test(header.trim())) return undefined;
  const length = Number(header);
  return Number.isSafeInteger(length) ? length : Infinity;
}

/** The state of an upload as headers. `whole` adds the headers of HEAD. */
export function describeUpload(row: UploadRow, whole = false): Record<string, string> {
  const { metadata = null } = row.call as Partial<OpenUploadExtras>;
  return {
    "upload-offset": String(row.received),
    ...(whole && (row.size === null ? { "upload-defer-length": "1" } : { "upload-length": String(row.size) })),
    ...(whole && row.concat !== null && { "upload-concat": row.concat }),
    ...(whole && metadata !== null && { "upload-metadata": metadata }),
    ...(row.state === "open" && { "upload-expires": new Date(row.expiresAt).toUTCString() }),
  };
}
