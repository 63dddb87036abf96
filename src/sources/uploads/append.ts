import { err, ok, type Result } from "../../lib/result";
import { MINUTE } from "../../lib/time";
import { MAX_RECORDING_BYTES, PART_BYTES, SNIFF_BYTES, type AudioBody } from "../../recordings";
import { refuseUnmoved } from "./abort";
import { refuseSize } from "./begin";
import type { UploadedCall } from "./call-fields";
import { checkedBody, type Checksum } from "./checksum";
import { judge } from "./judge";
import { advance, forgetDraft, forgetTail, putPart, putTail, tailKey, tailLength, type Advance } from "./parts";
import { tooLarge, uploadFailureOf } from "./store-file";
import { callOfUpload, type UploadDeps } from "./announce";
import { PARTIAL, type UploadFailure, type UploadRow } from "./upload";

/** An upload that has all its bytes and became no call within this time was left by a crash: the sweep finishes it. */
export const FINISH_WITHIN = 10 * MINUTE;

export const LOST: UploadFailure = {
  kind: "conflict",
  message: "Another request is writing to this upload: ask where it is.",
};

const MISMATCH: UploadFailure = {
  kind: "checksum",
  message: "The bytes do not add up to Upload-Checksum, and none of them is kept: send them again.",
};

/**
 * Adds bytes to an open upload at `offset`. What arrived is kept, even when the connection then breaks: the returned
 * row has how much. With a checksum it is all or nothing. A file that is not audio ends the upload at its first bytes.
 */
export async function appendToUpload(
  deps: UploadDeps,
  start: UploadRow,
  offset: number,
  body: AudioBody,
  checksum?: Checksum,
): Promise<Result<UploadRow, UploadFailure>> {
  if (start.state !== "open" || offset !== start.received) {
    await body.cancel();
    return err({ kind: "conflict", message: `The upload goes on at ${start.received}.` });
  }
  if (isLaidOut(start)) {
    await body.cancel();
    return ok(start);
  }
  const checked = checksum && checkedBody(body, checksum);
  const written = await write(deps, start, checked ?? body, checked?.matches);
  if (!written.ok) await (checked ?? body).cancel();
  return written;
}

/** Sets the size of an upload that was begun without one. */
export async function setSize(
  { db }: Pick<UploadDeps, "db">,
  row: UploadRow,
  size: number,
): Promise<Result<UploadRow, UploadFailure>> {
  if (row.size === size) return ok(row);
  if (row.size !== null)
    return err({ kind: "unreadable", message: `Upload-Length is not the ${row.size} bytes that were announced.` });
  const refused = refuseSize(size);
  if (refused) return err(refused);
  if (size < row.received)
    return err({ kind: "unreadable", message: `Upload-Length is less than the ${row.received} bytes that are here.` });
  const moved = await advance(db, row, { size });
  return moved ? ok(moved) : err(LOST);
}

/** `kept` is the row as it is, `draft` as it will be: with `matches` nothing is kept before the whole body has come. */
async function write(
  deps: UploadDeps,
  start: UploadRow,
  body: AudioBody,
  matches: (() => Promise<boolean>) | undefined,
): Promise<Result<UploadRow, UploadFailure>> {
  const { bucket } = deps;
  const most = start.size ?? MAX_RECORDING_BYTES;
  const buffer = await loadTail(bucket, start);
  if (!buffer) return err((await rewind(deps, start)) ?? LOST);
  let kept = start;
  let draft = start;
  let used = tailLength(start);
  let refused: UploadFailure | undefined;
  // A piece of a file does not begin like one.
  let judged = start.received >= SNIFF_BYTES || start.concat === PARTIAL;
  const lose = async (failure: UploadFailure) => {
    await forgetDraft(bucket, kept, draft);
    return err(failure);
  };
  let step = await body.next();
  for (; step.kind === "chunk"; step = await body.next(step.bytes)) {
    let bytes = step.bytes;
    if (draft.parts.length * PART_BYTES + used + bytes.length > most) return lose(tooLong(start));
    while (bytes.length > 0) {
      if (used === PART_BYTES) {
        const more = await putPart(deps, draft, buffer);
        if (!more) return lose(LOST);
        [draft, used] = [more, 0];
        if (!matches) {
          const moved = await keep(deps, kept, draft);
          if (!moved) return lose(LOST);
          kept = draft = moved;
        }
      }
      const taken = bytes.subarray(0, PART_BYTES - used);
      buffer.set(taken, used);
      used += taken.length;
      bytes = bytes.subarray(taken.length);
      if (!judged && used >= SNIFF_BYTES) {
        judged = true;
        const judgement = await judge(buffer.subarray(0, used), draft.mediaType);
        if (judgement.ok) draft = { ...draft, mediaType: judgement.value };
        // Damaged on its way, a sound file may not look like one: the checksum is checked first.
        else if (matches) refused = judgement.error;
        else return refuse(deps, kept, draft, judgement.error);
      }
    }
  }
  if (matches && step.kind === "broken") return lose(uploadFailureOf(step.failure));
  if (matches && !(await matches())) return lose(MISMATCH);
  if (!judged && draft.parts.length * PART_BYTES + used === start.size) {
    const judgement = await judge(buffer.subarray(0, used), draft.mediaType);
    if (judgement.ok) draft = { ...draft, mediaType: judgement.value };
    else refused = judgement.error;
  }
  if (refused) return refuse(deps, kept, draft, refused);
  const rest = await withRest(deps, draft, buffer.subarray(0, used));
  if (!rest) return lose(LOST);
  if (rest.draft === kept && !rest.ending.callId) return ok(kept);
  draft = rest.draft;
  const moved = await keep(deps, kept, draft, rest.ending);
  return moved ? ok(moved) : lose(LOST);
}

/** The draft becomes the row; undefined when another writer was faster. */
async function keep(
  { db, bucket }: UploadDeps,
  kept: UploadRow,
  draft: UploadRow,
  ending: Advance = {},
): Promise<UploadRow | undefined> {
  const { received, parts, r2UploadId, tail, mediaType } = draft;
  const moved = await advance(db, kept, { received, parts, r2UploadId, tail, mediaType, ...ending });
  // A row that only became whole keeps its tail: the file is made of it.
  if (moved && (draft.parts !== kept.parts || draft.tail !== kept.tail)) await forgetTail(bucket, kept);
  return moved;
}

/** The draft with what does not fill a part; `ending` when the file is whole. Undefined when it is open no more. */
async function withRest(
  deps: UploadDeps,
  draft: UploadRow,
  bytes: Uint8Array,
): Promise<{ draft: UploadRow; ending: Advance } | undefined> {
  const received = draft.parts.length * PART_BYTES + bytes.length;
  const isWhole = received === draft.size;
  const isPart = bytes.length === PART_BYTES || (isWhole && draft.parts.length > 0);
  let more: UploadRow | undefined = draft;
  // Where the size came last, the end of the file lies beside the parts.
  if (isPart && bytes.length > 0) more = await putPart(deps, draft, bytes);
  else if (received !== draft.received) more = await putTail(deps, draft, bytes);
  if (!more) return undefined;
  if (!isWhole || more.concat === PARTIAL) return { draft: more, ending: {} };
  const callId = await callOfUpload(more, more.call as UploadedCall);
  return { draft: more, ending: { callId, expiresAt: deps.now() + FINISH_WITHIN } };
}

function tooLong({ size }: UploadRow): UploadFailure {
  return size === null
    ? tooLarge(MAX_RECORDING_BYTES)
    : { kind: "too_large", message: `The upload was announced with ${size} bytes.` };
}

/** Ends an upload that is no audio, unless another writer has added to it what was never judged here. */
async function refuse(
  deps: UploadDeps,
  kept: UploadRow,
  draft: UploadRow,
  failure: UploadFailure,
): Promise<Result<never, UploadFailure>> {
  await forgetDraft(deps.bucket, kept, draft);
  return err((await refuseUnmoved(deps, kept)) ? failure : LOST);
}

/**
 * A buffer of one part, or of the whole file where it is less, that begins with the bytes beyond the whole ones;
 * undefined when these are gone.
 */
async function loadTail(bucket: R2Bucket, row: UploadRow): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const buffer = new Uint8Array(Math.min(PART_BYTES, row.size ?? PART_BYTES));
  const length = tailLength(row);
  if (length === 0) return buffer;
  const tail = await bucket.get(tailKey(row));
  if (!tail || tail.size !== length) return undefined;
  buffer.set(new Uint8Array(await tail.arrayBuffer()));
  return buffer;
}

/** Whether all bytes of a piece are where they stay until the whole file is made. */
function isLaidOut(row: UploadRow): boolean {
  return row.concat === PARTIAL && row.received === row.size && tailLength(row) <= 0;
}

/** Goes back to the last whole part. */
async function rewind({ db }: UploadDeps, row: UploadRow): Promise<UploadFailure | undefined> {
  const received = row.parts.length * PART_BYTES;
  const moved = await advance(db, row, { received, tail: null });
  return moved && { kind: "conflict", message: `The upload goes on at ${received}.` };
}
