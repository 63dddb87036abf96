/** Writes bytes to R2. No object exists under the key before `close` has resolved. */
export type Sink = {
  /** Resolves once these bytes are no longer needed. */
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
  return passOn(length, (readable) => bucket.put(key, readable, options));
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
  const parts = partsOf(bucket, key, options);
  let part: (ReturnType<typeof passOn<void>> & { left: number }) | undefined;
  let left = length;

  return {
    async write(bytes) {
      let offset = 0;
      while (offset < bytes.length) {
        const size = part?.left ?? Math.min(PART_BYTES, left);
        part ??= { ...passOn(size, parts.send), left: size };
        const piece = bytes.subarray(offset, offset + part.left);
        await part.write(piece);
        offset += piece.length;
        part.left -= piece.length;
        left -= piece.length;
        if (part.left > 0) continue;
        await part.close();
        part = undefined;
      }
    },
    async close() {
      if (left > 0) throw new Error("the object is shorter than its length");
      return parts.complete();
    },
    async abort() {
      await part?.abort();
      await parts.abort();
    },
  };
}

/** A body of unknown length: one put when it fits into one part, otherwise equal parts. Buffers one part at a time. */
export function partsSink(bucket: R2Bucket, key: string, options: R2PutOptions & R2MultipartOptions): Sink {
  let buffer = new Uint8Array(FIRST_BUFFER);
  let used = 0;
  const parts = partsOf(bucket, key, options);

  return {
    async write(bytes) {
      let offset = 0;
      while (offset < bytes.length) {
        if (used === PART_BYTES) {
          await parts.send(buffer);
          used = 0;
        }
        const taken = Math.min(bytes.length - offset, PART_BYTES - used);
        if (used + taken > buffer.length) buffer = grown(buffer, used, used + taken);
        buffer.set(bytes.subarray(offset, offset + taken), used);
        used += taken;
        offset += taken;
      }
    },
    async close() {
      const rest = buffer.subarray(0, used);
      if (parts.count() === 0) return bucket.put(key, rest, options);
      if (used > 0) await parts.send(rest);
      return parts.complete();
    },
    abort: parts.abort,
  };
}

/** An object that is sent in parts, one after the other. It is begun with the first. */
function partsOf(bucket: R2Bucket, key: string, options: R2MultipartOptions) {
  let upload: R2MultipartUpload | undefined;
  const sent: R2UploadedPart[] = [];
  return {
    count: () => sent.length,
    async send(part: ReadableStream | Uint8Array): Promise<void> {
      upload ??= await bucket.createMultipartUpload(key, options);
      sent.push(await upload.uploadPart(sent.length + 1, part));
    },
    async complete(): Promise<R2Object> {
      if (!upload) throw new Error("no part was sent");
      return upload.complete(sent);
    },
    async abort(): Promise<void> {
      // If this fails, R2 itself deletes unfinished uploads after seven days.
      await upload?.abort().catch(() => undefined);
    },
  };
}

/** Passes exactly `length` bytes on to a put as they are written. */
function passOn<T>(length: number, put: (readable: ReadableStream) => Promise<T>) {
  const { readable, writable } = new FixedLengthStream(length);
  const writer = writable.getWriter();
  const done = put(readable);
  let failure: { cause: unknown } | undefined;
  let fail: ((cause: unknown) => void) | undefined;
  // Not a race of each write with the put: it would keep something of each write for as long as the put takes.
  done.catch((cause: unknown) => {
    failure = { cause };
    fail?.(cause);
  });
  return {
    /** A failed put stops reading, and a write alone would then wait for ever. */
    write: (bytes: Uint8Array) =>
      new Promise<void>((resolve, reject) => {
        if (failure) return reject(failure.cause);
        fail = reject;
        writer.write(bytes).then(resolve, reject);
      }),
    async close(): Promise<T> {
      const [, answer] = await Promise.all([writer.close(), done]);
      return answer;
    },
    async abort(): Promise<void> {
      await writer.abort(new Error("the file did not arrive whole")).catch(() => undefined);
      await done.catch(() => undefined);
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
