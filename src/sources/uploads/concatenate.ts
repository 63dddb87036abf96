import { notFound } from "../../errors";
import type { Act } from "../../identity";
import { digestOf } from "../../lib/id";
import { err, ok, type Result } from "../../lib/result";
import type { AudioBody, BodyStep } from "../../recordings";
import { dropUpload } from "./abort";
import type { UploadDeps } from "./announce";
import { appendToUpload } from "./append";
import { beginUpload, type ComingFile } from "./begin";
import type { CheckedCall, Uploader } from "./check-call";
import { assemble, finishUpload } from "./finish";
import { PARTIAL, readUploadRow, UPLOAD_ID_TIME, type UploadFailure, type UploadRow } from "./upload";

/** Pieces of one file. Clients send two to ten. */
export const MAX_PIECES = 100;

/** A file whose pieces came as uploads of their own. `pieces`: their ids in order; `concat`: see the column. */
export type PiecedFile = Omit<ComingFile, "size" | "id"> & { pieces: readonly string[]; concat: string };

/**
 * Makes one file, and its call, of pieces that are all here. The same pieces always make the same upload: one that was
 * interrupted goes on where it was, and one that is made gets the same answer. The pieces are forgotten then.
 */
export async function concatenateUploads(
  deps: UploadDeps,
  uploader: Uploader,
  call: CheckedCall,
  { pieces, ...file }: PiecedFile,
  headers: Headers,
  act: Act,
): Promise<Result<UploadRow, UploadFailure>> {
  const id = await idOf(pieces);
  const made = await readUploadRow(deps.db, { ...uploader, id });
  if (made.ok && made.value.state === "aborted") return err(notFound("upload"));
  if (made.ok && made.value.callId !== null) return finishUpload(deps, made.value, headers, act);
  const rows = await readPieces(deps, uploader, pieces, act.now);
  if (!rows.ok) return rows;
  const size = rows.value.reduce((sum, { received }) => sum + received, 0);
  const begun = await beginUpload(deps, uploader, call, { ...file, size, id }, act);
  if (!begun.ok) return begun;
  const row = begun.value;
  if (row.state === "aborted") return err(notFound("upload"));
  const body = bodyOf(deps.bucket, rows.value, row.received);
  const written = await appendToUpload(deps, row, row.received, body);
  if (!written.ok) return written;
  if (written.value.callId === null)
    return err({ kind: "conflict", message: "A piece broke off while it was read: ask for the whole file again." });
  const finished = await finishUpload(deps, written.value, headers, act);
  // Pieces that stay expire like any upload.
  if (finished.ok) await Promise.all(rows.value.map((piece) => dropUpload(deps, piece).catch(() => false)));
  return finished;
}

/** An id begins with its time: here, that of the first piece. */
async function idOf(pieces: readonly string[]): Promise<string> {
  const [first = ""] = pieces;
  return `${first.slice(0, UPLOAD_ID_TIME)}${(await digestOf(pieces)).slice(0, 16)}`;
}

async function readPieces(
  deps: UploadDeps,
  uploader: Uploader,
  ids: readonly string[],
  now: number,
): Promise<Result<UploadRow[], UploadFailure>> {
  if (ids.length === 0 || ids.length > MAX_PIECES) return err(wrongPieces(`must name 1 to ${MAX_PIECES} pieces`));
  const rows: UploadRow[] = [];
  for (const id of ids) {
    const found = await readUploadRow(deps.db, { ...uploader, id });
    if (!found.ok || found.value.state !== "open" || found.value.expiresAt <= now)
      return err(wrongPieces(`names ${id.slice(0, 40)}, which is not here or has expired`));
    const row = found.value;
    if (row.concat !== PARTIAL) return err(wrongPieces(`names ${id}, which was not begun as partial`));
    if (row.received !== row.size)
      return err(wrongPieces(`names ${id}, which is not complete: it goes on at ${row.received}`));
    rows.push(row);
  }
  return ok(rows);
}

// 400, as peers answer it and their suites expect it.
function wrongPieces(what: string): UploadFailure {
  return { kind: "unreadable", message: `Upload-Concat ${what}.` };
}

/** The bytes of the pieces one after the other, without the first `skip`. One that is gone is a break. */
function bodyOf(bucket: R2Bucket, rows: readonly UploadRow[], skip: number): AudioBody {
  const waiting = [...rows];
  let before = skip;
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;

  async function open(row: UploadRow): Promise<BodyStep | undefined> {
    const whole = (await bucket.head(row.key)) ?? (await assemble(bucket, row));
    const object = whole && (await bucket.get(row.key, { range: { offset: before } }));
    if (!object) return GONE;
    reader = (object.body as ReadableStream<Uint8Array>).getReader();
    return undefined;
  }

  return {
    next: async () => {
      for (;;) {
        const step = await reader?.read();
        if (step && !step.done) return { kind: "chunk", bytes: step.value };
        reader = undefined;
        const row = waiting.shift();
        if (!row) return { kind: "end" };
        if (before >= row.received) {
          before -= row.received;
          continue;
        }
        const failed = await open(row);
        if (failed) return failed;
        before = 0;
      }
    },
    cancel: async () => reader?.cancel().catch(() => undefined),
  };
}

const GONE: BodyStep = {
  kind: "broken",
  failure: { kind: "not_ready", reason: "interrupted: a piece is no longer there", retryAfter: null },
};
