import { err, ok, type Result } from "../result";
import { afterDelimiter, delimiterOf, findDelimiter } from "./delimiter";
import { lookahead } from "./lookahead";
import { readPartHead, type PartHead } from "./part-head";

/** Why a form cannot be read further. */
export type MultipartProblem = { kind: "malformed" | "too_large" | "cut_short"; message: string };

/** One part. `read` gives its bytes piece by piece, then undefined. A problem ends the whole form. */
export type Part = PartHead & { read(): Promise<Result<Uint8Array | undefined, MultipartProblem>> };

/** Gives the parts one by one, then undefined. Unread bytes of the previous part are skipped. */
export type MultipartReader = { next(): Promise<Result<Part | undefined, MultipartProblem>> };

export type MultipartLimits = {
  parts: number;
  /** The limit of one part's header lines, in bytes. */
  headBytes: number;
  /** The limit of bytes before the first boundary and after the last, in bytes. */
  strayBytes: number;
};

const LIMITS: MultipartLimits = { parts: 200, headBytes: 8_192, strayBytes: 65_536 };
const CRLF = new Uint8Array([13, 10]);

/** Reads a form with this boundary. Nothing is collected, so the caller decides how large a part may be. */
export function readMultipart(
  stream: ReadableStream<Uint8Array>,
  boundary: string,
  limits: MultipartLimits = LIMITS,
): MultipartReader {
  // The first boundary has no line break before it, so one is added here.
  const input = lookahead(stream, CRLF);
  const delimiter = delimiterOf(boundary);
  let where: "data" | "head" | "end" = "data";
  let parts = 0;
  let failed: MultipartProblem | undefined;

  function fail(kind: MultipartProblem["kind"], message: string): Result<never, MultipartProblem> {
    failed ??= { kind, message };
    return err(failed);
  }

  /** The next bytes that are not a delimiter; undefined after a delimiter. */
  async function readData(): Promise<Result<Uint8Array | undefined, MultipartProblem>> {
    while (where === "data") {
      const found = findDelimiter(input.held(), delimiter);
      if (found.at > 0) return ok(input.take(found.at));
      const after = found.whole ? afterDelimiter(input.held(), delimiter.length) : undefined;
      if (after === undefined) {
        if (!(await input.more())) return fail("cut_short", "the form ends before its last boundary");
      } else if (after.kind === "data") {
        return ok(input.take(delimiter.length));
      } else {
        input.take(delimiter.length + (after.kind === "part" ? after.length : 2));
        where = after.kind === "part" ? "head" : "end";
      }
    }
    return ok(undefined);
  }

  async function readHead(): Promise<Result<PartHead, MultipartProblem>> {
    let end = headEnd(input.held());
    while (end < 0) {
      if (hasNoHeaders(input.held())) return fail("malformed", "a part has no headers");
      if (input.held().length > limits.headBytes) return fail("too_large", "a part's headers are too long");
      if (!(await input.more())) return fail("cut_short", "the form ends in the headers of a part");
      end = headEnd(input.held());
    }
    if (end > limits.headBytes) return fail("too_large", "a part's headers are too long");
    const head = readPartHead(input.take(end));
    input.take(4);
    return head.ok ? head : fail("malformed", head.error);
  }

  /** Skips to the next delimiter. `limit` bounds bytes that belong to no part. */
  async function skipData(limit: number): Promise<Result<void, MultipartProblem>> {
    let skipped = 0;
    for (;;) {
      const data = await readData();
      if (!data.ok) return data;
      if (data.value === undefined) return ok(undefined);
      skipped += data.value.length;
      if (skipped > limit) return fail("too_large", "the form begins with more than a form may");
    }
  }

  async function skipRest(): Promise<Result<undefined, MultipartProblem>> {
    let skipped = 0;
    for (;;) {
      skipped += input.take(input.held().length).length;
      if (skipped > limits.strayBytes) return fail("too_large", "more follows the form than may");
      if (!(await input.more())) return ok(undefined);
    }
  }

  return {
    next: async () => {
      if (failed) return err(failed);
      if (where === "data") {
        const skipped = await skipData(parts === 0 ? limits.strayBytes : Number.POSITIVE_INFINITY);
        if (!skipped.ok) return skipped;
      }
      if (where === "end") return skipRest();
      parts += 1;
      if (parts > limits.parts) return fail("too_large", `the form has more than ${limits.parts} parts`);
      const head = await readHead();
      if (!head.ok) return head;
      where = "data";
      const ours = parts;
      return ok({
        ...head.value,
        read: async () => (failed ? err(failed) : ours === parts ? readData() : ok(undefined)),
      });
    },
  };
}

function hasNoHeaders(bytes: Uint8Array): boolean {
  return bytes[0] === 13 && bytes[1] === 10;
}

/** The position of the blank line after the headers, or -1. */
function headEnd(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(13); at >= 0; at = bytes.indexOf(13, at + 1)) {
    if (bytes[at + 1] === 10 && bytes[at + 2] === 13 && bytes[at + 3] === 10) return at;
  }
  return -1;
}
