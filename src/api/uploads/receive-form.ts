import { invalid } from "../../errors";
import { readContentType } from "../../lib/http/content-type";
import { readMultipart, type MultipartProblem, type Part } from "../../lib/multipart";
import { err, ok, type Result } from "../../lib/result";
import type { AudioBody, BodyStep } from "../../recordings";
import {
  checkUploadedCall,
  discardFiles,
  storeFile,
  type CheckedCall,
  type StoredFile,
  type UploadFailure,
  type UploadFields,
  type Uploader,
} from "../../sources";
import type { ApiDeps } from "../router";
import { watchedStream } from "./watched-body";

/** Recordings per request. More can be sent with the same external id. */
const MAX_FILES = 10;
const MAX_FIELD_BYTES = 16_384;
const MAX_FIELDS_BYTES = 65_536;

export type Received = { checked: CheckedCall; files: StoredFile[] };

/** What differs between the operations that take recordings. */
export type Taking = {
  /** Converts field names to those of an upload. */
  translate(fields: UploadFields): UploadFields;
  /** Of all fields, when they are here. */
  check: typeof checkUploadedCall;
  maxFiles: number;
  /** Whether a body that is the audio itself is refused. */
  onlyForms: boolean;
};

/** How `/v1/uploads` takes them. */
export const AS_UPLOADED: Taking = {
  translate: (fields) => fields,
  check: checkUploadedCall,
  maxFiles: MAX_FILES,
  onlyForms: false,
};

/**
 * Receives a form as it arrives: files go to R2, fields are collected. Fields that are already known to be wrong are
 * refused before the first file is read. A failure leaves no file behind. `given` are fields from the query.
 */
export async function receiveForm(
  deps: Pick<ApiDeps, "bucket" | "config" | "db" | "now">,
  uploader: Uploader,
  form: { stream: ReadableStream<Uint8Array>; boundary: string },
  given: UploadFields,
  taking: Taking,
): Promise<Result<Received, UploadFailure>> {
  const files: StoredFile[] = [];
  const drop = async (failure: UploadFailure) => {
    await discardFiles(deps.bucket, uploader.organizationId, files);
    return err(failure);
  };
  try {
    const taken = await takeParts(deps, uploader, form, new Map(given), taking, files);
    if (!taken.ok) return await drop(taken.error);
    if (files.length === 0) return err(invalid("file", "is missing: send the recording as a file"));
    const checked = await taking.check(deps.db, uploader, taking.translate(taken.value));
    return checked.ok ? ok({ checked: checked.value, files }) : await drop(checked.error);
  } catch (cause) {
    await discardFiles(deps.bucket, uploader.organizationId, files);
    throw cause;
  }
}

async function takeParts(
  deps: Pick<ApiDeps, "bucket" | "config" | "db" | "now">,
  uploader: Uploader,
  form: { stream: ReadableStream<Uint8Array>; boundary: string },
  fields: Map<string, string>,
  { translate, maxFiles }: Taking,
  files: StoredFile[],
): Promise<Result<UploadFields, UploadFailure>> {
  const reader = readMultipart(watchedStream(form.stream, deps.now), form.boundary);
  let fieldBytes = 0;
  for (;;) {
    const next = await reader.next();
    if (!next.ok) return err(failureOf(next.error));
    const part = next.value;
    if (!part) return ok(fields);
    // A recording needs no file name: .NET and others send a plain stream of bytes without one.
    if (part.fileName === null && part.name !== "file") {
      const value = await readField(part);
      if (!value.ok) return value;
      fieldBytes += part.name.length + value.value.length;
      if (fieldBytes > MAX_FIELDS_BYTES) return err({ kind: "too_large", message: "The fields are too long." });
      if (fields.has(part.name)) return err(invalid(part.name, "is given twice"));
      fields.set(part.name, value.value);
      continue;
    }
    // Browsers send this for an input without a file. The part is skipped.
    if (part.fileName === "") continue;
    if (part.name !== "file") return err(invalid(part.name, "is a file: send recordings as `file`"));
    if (files.length === maxFiles) {
      const most = maxFiles === 1 ? "one file" : `at most ${maxFiles} files`;
      return err({ kind: "too_large", message: `Send ${most}.` });
    }
    const checked = files.length > 0 ? ok(undefined) : await checkUploadedCall(deps.db, uploader, translate(fields));
    if (!checked.ok) return checked;
    const head = { fileName: part.fileName, mediaType: part.contentType };
    const most = deps.config.uploadRequestBytes;
    const stored = await storeFile(deps.bucket, uploader.organizationId, head, bodyOf(part), deps.now(), most);
    if (!stored.ok) return stored;
    files.push(stored.value);
  }
}

async function readField(part: Part): Promise<Result<string, UploadFailure>> {
  const charset = readContentType(part.contentType).charset ?? "utf-8";
  const decoder = decoderOf(charset === "us-ascii" ? "utf-8" : charset);
  if (!decoder) return err(invalid(part.name, "is in a charset of no known name: send it in UTF-8"));
  let text = "";
  let size = 0;
  try {
    for (;;) {
      const piece = await part.read();
      if (!piece.ok) return err(failureOf(piece.error));
      if (!piece.value) return ok(text + decoder.decode());
      size += piece.value.length;
      if (size > MAX_FIELD_BYTES)
        return err({ kind: "too_large", message: `The field ${part.name.slice(0, 100)} is longer than 16 kB.` });
      text += decoder.decode(piece.value, { stream: true });
    }
  } catch (cause) {
    if (cause instanceof TypeError) return err(invalid(part.name, `is not ${charset === "utf-8" ? "UTF-8" : charset}`));
    throw cause;
  }
}

// Guessed at, two names of calls or operators would become one.
function decoderOf(charset: string): TextDecoder | undefined {
  try {
    return new TextDecoder(charset, { fatal: true, ignoreBOM: false });
  } catch {
    return undefined;
  }
}

function bodyOf(part: Part): AudioBody {
  return {
    next: async (): Promise<BodyStep> => {
      const piece = await part.read();
      if (!piece.ok)
        return {
          kind: "broken",
          failure: { kind: "not_ready", reason: `interrupted: ${piece.error.message}`, retryAfter: null },
        };
      return piece.value ? { kind: "chunk", bytes: piece.value } : { kind: "end" };
    },
    // The form's reader skips the rest of a part.
    cancel: async () => undefined,
  };
}

function failureOf({ kind, message }: MultipartProblem): UploadFailure {
  return kind === "too_large"
    ? { kind: "too_large", message: `The form cannot be read: ${message}.` }
    : { kind: "unreadable", message: `The form cannot be read: ${message}.` };
}
