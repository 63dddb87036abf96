import { MINUTE } from "../../lib/time";
import { err, ok, type Result } from "../../lib/result";
import type { BodyStep } from "../../recordings";
import type { ConnectorFailure, FoundFile, OpenedFile } from "../contract";
import { inSession, versionOf, type SftpAccess } from "./session";

/** Asked for at a time, and how often before the first answer: what is under way is all that is kept in memory. */
const PIECE = 32 * 1024;
const AHEAD = 12;
/** How often a file that broke off is gone on with, and how long one may take in all. */
const RESUMES = 3;
const WHOLE = 14 * MINUTE;

type Piece = { from: number; bytes: Promise<Uint8Array | undefined> };

/** The bytes of exactly this version of a file. A connection that breaks is gone on with where it broke. */
export async function openFile(
  access: SftpAccess,
  file: FoundFile,
  now: () => number,
): Promise<Result<OpenedFile, ConnectorFailure>> {
  const until = now() + WHOLE;
  let opened = await openVersion(access, file);
  if (!opened.ok) return opened;
  let current = opened.value;
  let pieces: Piece[] = [];
  let [received, asked, resumes] = [0, 0, 0];

  async function cancel(): Promise<void> {
    pieces = [];
    await current.close();
  }
  function broken(reason: string): BodyStep {
    return { kind: "broken", failure: { kind: "not_ready", reason: `interrupted: ${reason}`, retryAfter: null } };
  }
  async function next(): Promise<BodyStep> {
    for (;;) {
      if (received === file.size) {
        await cancel();
        return { kind: "end" };
      }
      if (now() > until) {
        await cancel();
        return broken("the file had not arrived whole in the time there is for it");
      }
      while (pieces.length < AHEAD && asked < file.size) {
        const bytes = current.read(asked, Math.min(PIECE, file.size - asked));
        bytes.catch(() => undefined);
        pieces.push({ from: asked, bytes });
        asked = Math.min(asked + PIECE, file.size);
      }
      const piece = pieces.shift();
      const wanted = Math.min(PIECE, file.size - received);
      const bytes = piece?.from === received ? await piece.bytes.catch(() => undefined) : undefined;
      if (bytes && bytes.length > 0 && bytes.length <= wanted) {
        received += bytes.length;
        // A server may give less than was asked for: what is under way is then of no use.
        if (bytes.length < wanted) [pieces, asked] = [[], received];
        return { kind: "chunk", bytes };
      }
      if (resumes === RESUMES) {
        await cancel();
        return broken(`${received} of ${file.size} bytes came`);
      }
      resumes += 1;
      await cancel();
      opened = await openVersion(access, file);
      if (!opened.ok) return broken(`${received} of ${file.size} bytes came; ${opened.error.detail}`);
      current = opened.value;
      asked = received;
    }
  }
  return ok({ body: { next, cancel }, mediaType: null, length: file.size });
}

type OpenFile = {
  read(from: number, size: number): Promise<Uint8Array | undefined>;
  close(): Promise<void>;
};

async function openVersion(access: SftpAccess, file: FoundFile): Promise<Result<OpenFile, ConnectorFailure>> {
  const opened = await inSession(access, async (session) => {
    const handle = await session.open(file.name);
    const close = () => session.closeFile(handle).catch(() => undefined);
    const now = await session.lookAtOpen(handle);
    if (now.kind === "file" && versionOf(now) === file.version)
      return { read: (from: number, size: number) => session.read(handle, from, size), close };
    await close();
    return undefined;
  });
  if (!opened.ok) return opened;
  return opened.value ? ok(opened.value) : err({ code: "changed", detail: `${file.name} is another version by now` });
}
