import { err, ok, type Result } from "../../lib/result";
import { MINUTE } from "../../lib/time";
import { openAudio, PART_BYTES, SNIFF_BYTES, type AudioBody } from "../../recordings";
import { dropUpload } from "./abort";
import type { UploadedCall } from "./call-fields";
import { addPart, advance, tailKey, tailLength } from "./parts";
import { uploadFailureOf } from "./store-file";
import { callOfUpload, type UploadDeps } from "./tell";
import type { UploadFailure, UploadRow } from "./upload";

/** An upload that has all its bytes and became no call within this time was left by a crash: the sweep finishes it. */
const FINISH_WITHIN = 10 * MINUTE;

const LOST: UploadFailure = {
  kind: "conflict",
  message: "Another request is writing to this upload: ask where it is.",
};

/**
 * Adds bytes to an open upload at `offset`. What arrived is kept, even when the connection then breaks: the row given back
 * says how much. What is no audio ends the upload at its first bytes.
 */
export async function appendToUpload(
  deps: UploadDeps,
  start: UploadRow,
  offset: number,
  body: AudioBody,
): Promise<Result<UploadRow, UploadFailure>> {
  const { db, bucket } = deps;
  const refuse = async (failure: UploadFailure) => {
    await body.cancel();
    return err(failure);
  };
  if (start.state !== "open" || offset !== start.received)
    return refuse({ kind: "conflict", message: `The upload goes on at ${start.received}.` });
  const size = start.size ?? 0;
  const buffer = await loadTail(bucket, start);
  if (!buffer) return refuse((await rewind(deps, start)) ?? LOST);
  let row = start;
  let used = tailLength(row);
  let judged = row.received >= SNIFF_BYTES;
  for (let step = await body.next(); step.kind === "chunk"; step = await body.next()) {
    let bytes = step.bytes;
    if (row.parts.length * PART_BYTES + used + bytes.length > size)
      return refuse({ kind: "too_large", message: `The upload was announced with ${size} bytes.` });
    while (bytes.length > 0) {
      if (used === PART_BYTES) {
        const moved = await addPart(db, bucket, row, buffer);
        if (!moved) return refuse(LOST);
        await forgetTail(bucket, row);
        [row, used] = [moved, 0];
      }
      const taken = bytes.subarray(0, PART_BYTES - used);
      buffer.set(taken, used);
      used += taken.length;
      bytes = bytes.subarray(taken.length);
      const whole = row.parts.length * PART_BYTES + used === size;
      if (!judged && (used >= SNIFF_BYTES || whole)) {
        const judgement = await judge(buffer.subarray(0, used), row.mediaType);
        if (!judgement.ok) {
          await dropUpload(deps, row);
          return refuse(judgement.error);
        }
        judged = true;
        row = { ...row, mediaType: judgement.value };
      }
    }
  }
  const kept = await keepRest(deps, row, buffer.subarray(0, used), size);
  if (!kept) return refuse(LOST);
  if (kept.received !== row.received) await forgetTail(bucket, row);
  return ok(kept);
}

/** Keeps what does not fill a part; the end of the file as its last part. */
async function keepRest(
  { db, bucket, now }: UploadDeps,
  row: UploadRow,
  bytes: Uint8Array,
  size: number,
): Promise<UploadRow | undefined> {
  const received = row.parts.length * PART_BYTES + bytes.length;
  if (received === row.received) return row;
  if (received === size) {
    const callId = await callOfUpload(row, row.call as UploadedCall);
    const ending = { callId, expiresAt: now() + FINISH_WITHIN };
    if (row.parts.length > 0) return addPart(db, bucket, row, bytes, ending);
    await bucket.put(row.key, bytes, { httpMetadata: { contentType: row.mediaType ?? "" } });
    return advance(db, row, { received, mediaType: row.mediaType, ...ending });
  }
  if (bytes.length === PART_BYTES) return addPart(db, bucket, row, bytes);
  await bucket.put(tailKey({ ...row, received }), bytes);
  return advance(db, row, { received, mediaType: row.mediaType });
}

/** A buffer of one part, or of the whole file where it is less, that begins with the bytes beyond the whole ones; undefined when these are gone. */
async function loadTail(bucket: R2Bucket, row: UploadRow): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const buffer = new Uint8Array(Math.min(PART_BYTES, row.size ?? PART_BYTES));
  const length = tailLength(row);
  if (length === 0) return buffer;
  const tail = await bucket.get(tailKey(row));
  if (!tail || tail.size !== length) return undefined;
  buffer.set(new Uint8Array(await tail.arrayBuffer()));
  return buffer;
}

async function forgetTail(bucket: R2Bucket, row: UploadRow): Promise<void> {
  // One that stays falls to the sweep.
  if (tailLength(row) > 0) await bucket.delete(tailKey(row)).catch(() => undefined);
}

/** Goes back to the last whole part. */
async function rewind({ db }: UploadDeps, row: UploadRow): Promise<UploadFailure | undefined> {
  const received = row.parts.length * PART_BYTES;
  const moved = await advance(db, row, { received });
  return moved && { kind: "conflict", message: `The upload goes on at ${received}.` };
}

async function judge(head: Uint8Array, mediaType: string | null): Promise<Result<string, UploadFailure>> {
  const steps = [{ kind: "chunk" as const, bytes: head }];
  const body: AudioBody = { next: async () => steps.shift() ?? { kind: "end" }, cancel: async () => undefined };
  const opened = await openAudio(body, null, mediaType);
  return opened.ok ? ok(opened.value.mediaType) : err(uploadFailureOf(opened.error));
}
