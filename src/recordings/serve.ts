import type { Database } from "../db/client";
import { readByteRange } from "./byte-range";
import { readGate, type HeldAudio } from "./gate";
import type { RecordingRow } from "./recording";
import { extensionOf } from "../lib/audio/sniff";

/** The parts of a request that decide which bytes of the audio are sent, if any. */
export type AudioRequest = {
  /** GET or HEAD. */
  method: string;
  range: string | null;
  ifRange: string | null;
  ifNoneMatch: string | null;
};

/** An HTTP answer as plain values, for any edge. 409: `held` says why nobody is to hear it yet. */
export type AudioAnswer = {
  status: 200 | 206 | 304 | 404 | 409 | 416;
  headers: Record<string, string>;
  body: ReadableStream | null;
  held?: HeldAudio;
};

/** An audio file in R2. `id` names the file that a browser saves; `tag` changes whenever the bytes do. */
export type AudioFile = { id: string; key: string; size: number; tag: string; mediaType: string | null };

type ServeDeps = { db: Database; bucket: R2Bucket };

/**
 * Answers a request for a recording's audio, as whoever may hear it may: its muted rendition where there is one, and 409
 * while its campaign redacts and it is not done. 404 when it has no audio, or R2 no longer has it.
 */
export async function serveAudio(
  { db, bucket }: ServeDeps,
  recording: RecordingRow,
  request: AudioRequest,
): Promise<AudioAnswer> {
  const { id, organizationId, callId } = recording;
  const gate = await readGate(db, { callId, organizationId, recordingId: id });
  if (gate.kind === "held") return heldBack(gate.why);
  if (gate.kind === "open") return serveOriginal(bucket, recording, request);
  const { key, size, sha256, mediaType } = gate.file;
  return serveFile(bucket, { id, key, size, tag: sha256, mediaType }, request);
}

/** The same as it came, with everything that was said: for those alone who may hear that, and with an entry in the log. */
export async function serveOriginal(
  bucket: R2Bucket,
  { id, key, size, sha256, mediaType }: RecordingRow,
  request: AudioRequest,
): Promise<AudioAnswer> {
  if (key === null || size === null || sha256 === null) return missing();
  return serveFile(bucket, { id, key, size, tag: sha256, mediaType }, request);
}

/** Nothing of it is served; what is under way takes minutes. */
export function heldBack(held: HeldAudio): AudioAnswer {
  const headers = { "cache-control": "no-store", ...(held === "being_redacted" && { "retry-after": "30" }) };
  return { status: 409, headers, body: null, held };
}

/**
 * Answers a request for an audio file, including ranges (RFC 9110 §13 and §14): players seek by range and resume with
 * If-Range. 404 when R2 no longer has it.
 */
export async function serveFile(bucket: R2Bucket, file: AudioFile, request: AudioRequest): Promise<AudioAnswer> {
  const { key, size } = file;
  const etag = `"${file.tag}"`;
  const headers = describeAudio(file, etag);
  if (namesEtag(request.ifNoneMatch, etag)) return { status: 304, headers, body: null };
  if (request.method === "HEAD") {
    const found = await bucket.head(key);
    return found ? { status: 200, headers: { ...headers, "content-length": String(size) }, body: null } : missing();
  }
  // If-Range continues only the same file. A date never matches, because the audio has none.
  const continues = request.ifRange === null || request.ifRange.trim() === etag;
  const range = readByteRange(continues ? request.range : null, size);
  if (range.kind === "unsatisfiable") {
    return {
      status: 416,
      headers: { ...headers, "content-range": `bytes */${size}`, "content-length": "0" },
      body: null,
    };
  }
  if (range.kind === "whole") {
    const found = await bucket.get(key);
    return found
      ? { status: 200, headers: { ...headers, "content-length": String(size) }, body: found.body }
      : missing();
  }
  const { offset, length } = range;
  const found = await bucket.get(key, { range: { offset, length } });
  if (!found) return missing();
  const placed = {
    "content-length": String(length),
    "content-range": `bytes ${offset}-${offset + length - 1}/${size}`,
  };
  return { status: 206, headers: { ...headers, ...placed }, body: found.body };
}

function describeAudio({ id, mediaType: type }: AudioFile, etag: string): Record<string, string> {
  const mediaType = type ?? "application/octet-stream";
  const name = id.replace(/[^\w-]/g, "_");
  return {
    "content-type": mediaType,
    "content-disposition": `inline; filename="${name}.${extensionOf(mediaType)}"`,
    "accept-ranges": "bytes",
    etag,
    // Private, because the link is the credential; short, because an erased recording must not play from a cache.
    "cache-control": "private, max-age=300",
    "x-content-type-options": "nosniff",
  };
}

function namesEtag(header: string | null, etag: string): boolean {
  if (header === null) return false;
  return header.split(",").some((one) => one.trim() === "*" || one.trim().replace(/^W\//, "") === etag);
}

function missing(): AudioAnswer {
  return { status: 404, headers: { "cache-control": "no-store" }, body: null };
}
