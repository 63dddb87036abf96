/** Writes bytes to R2. No object exists under the key before `close` has resolved. */
export type Sink = {
  write(bytes: Uint8Array): Promise<void>;
  /** Gives the object from R2. */
  close(): Promise<R2Object>;
  /** Leaves nothing behind. */
  abort(): Promise<void>;
};

// R2 requires equal parts except for the last, of at least 5 MiB each.
export const PART_BYTES = 8 * 1024 * 1024;
const FIRST_BUFFER = 64 * 1024;

/** One put of exactly `length` bytes, without buffering. The caller counts: too few or too many bytes fail. */
export function putSink(bucket: R2Bucket, key: string, length: number, options: R2PutOptions): Sink {
  const { readable, writable } = new FixedLengthStream(length);
  const writer = writable.getWriter();
  const put = bucket.put(key, readable, options);
  // Checked in each write. This keeps a failure between two writes from being reported as unhandled.
  put.catch(() => undefined);
  return {
    async write(bytes) {
      // A failed put stops reading, and the write alone would then wait for ever.
      await Promise.race([writer.write(bytes), put]);
    },
    async close() {
      const [, object] = await Promise.all([writer.close(), put]);
      return object;
    },
    async abort() {
      await writer.abort(new Error("the recording did not arrive whole")).catch(() => undefined);
      await put.catch(() => undefined);
    },
  };
}

/**
 * A body of `length` bytes, cut into the same parts as one of unknown length: R2's tag of an object comes of how it was
 * cut, and recordings are named by it. Nothing is buffered. The caller counts: too few or too many bytes fail.
 */
export function cutSink(
  bucket: R2Bucket,
  key: string,
  length: number,
  options: R2PutOptions & R2MultipartOptions,
): Sink {
  if (length <= PART_BYTES) return putSink(bucket, key, length, options);
  let upload: R2MultipartUpload | undefined;
  const parts: R2UploadedPart[] = [];
  let part:
    | { writer: WritableStreamDefaultWriter<Uint8Array>; sent: Promise<R2UploadedPart>; left: number }
    | undefined;

  async function begin() {
    upload ??= await bucket.createMultipartUpload(key, options);
    const size = Math.min(PART_BYTES, length - parts.length * PART_BYTES);
    const { readable, writable } = new FixedLengthStream(size);
    const sent = upload.uploadPart(parts.length + 1, readable);
    // Checked in each write. This keeps a failure between two writes from being reported as unhandled.
    sent.catch(() => undefined);
    return { writer: writable.getWriter(), sent, left: size };
  }

  return {
    async write(bytes) {
      let offset = 0;
      while (offset < bytes.length) {
        part ??= await begin();
        const piece = bytes.subarray(offset, offset + part.left);
        // A failed part stops reading, and the write alone would then wait for ever.
        await Promise.race([part.writer.write(piece), part.sent]);
        offset += piece.length;
        part.left -= piece.length;
        if (part.left > 0) continue;
        const [, sent] = await Promise.all([part.writer.close(), part.sent]);
        parts.push(sent);
        part = undefined;
      }
    },
    async close() {
      if (!upload || part) throw new Error("the object is shorter than its length");
      return upload.complete(parts);
    },
    async abort() {
      await part?.writer.abort(new Error("the file did not arrive whole")).catch(() => undefined);
      await part?.sent.catch(() => undefined);
      // If this fails, R2 itself deletes unfinished uploads after seven days.
      await upload?.abort().catch(() => undefined);
    },
  };
}

/** A body of unknown length: one put when it fits into one part, otherwise equal parts. Buffers one part at a time. */
export function partsSink(bucket: R2Bucket, key: string, options: R2PutOptions & R2MultipartOptions): Sink {
  let buffer = new Uint8Array(FIRST_BUFFER);
  let used = 0;
  let upload: R2MultipartUpload | undefined;
  const parts: R2UploadedPart[] = [];

  async function sendPart(): Promise<void> {
    upload ??= await bucket.createMultipartUpload(key, options);
    parts.push(await upload.uploadPart(parts.length + 1, buffer.subarray(0, used)));
    used = 0;
  }

  return {
    async write(bytes) {
      let offset = 0;
      while (offset < bytes.length) {
        if (used === PART_BYTES) await sendPart();
        const taken = Math.min(bytes.length - offset, PART_BYTES - used);
        if (used + taken > buffer.length) buffer = grown(buffer, used, used + taken);
        buffer.set(bytes.subarray(offset, offset + taken), used);
        used += taken;
        offset += taken;
      }
    },
    async close() {
      if (!upload) return bucket.put(key, buffer.subarray(0, used), options);
      if (used > 0) await sendPart();
      return upload.complete(parts);
    },
    async abort() {
      // If this fails, R2 itself deletes unfinished uploads after seven days.
      await upload?.abort().catch(() => undefined);
    },
  };
}

// Doubles the buffer: most recordings are far smaller than a part, and an isolate handles several at once.
function grown(buffer: Uint8Array<ArrayBuffer>, used: number, needed: number): Uint8Array<ArrayBuffer> {
  let size = buffer.length;
  while (size < needed) size = Math.min(size * 2, PART_BYTES);
  const larger = new Uint8Array(size);
  larger.set(buffer.subarray(0, used));
  return larger;
}
