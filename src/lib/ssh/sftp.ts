import { within } from "../deadline";
import { SECOND } from "../time";
import { authenticate, type Login } from "./authenticate";
import { bytesOf } from "./byte-source";
import { openSubsystem, type Channel } from "./channel";
import { brokenRules, SshFailure } from "./failure";
import { openTransport, type Connection } from "./transport";
import { byte, join, readWire, string, uint32, uint64, type WireReader } from "./wire";

// SFTP in its version 3 (draft-ietf-secsh-filexfer-02), which all servers speak.

const [INIT, VERSION, OPEN, CLOSE, READ, LSTAT, FSTAT] = [1, 2, 3, 4, 5, 7, 8];
const [OPENDIR, READDIR, REMOVE, MKDIR, REALPATH, RENAME] = [11, 12, 13, 14, 16, 18];
const [STATUS, HANDLE, DATA, NAME, ATTRS] = [101, 102, 103, 104, 105];
const [FOR_READING, FOR_WRITING] = [1, 2 | 8 | 16];

/** Until the connection is there, and until one answer is. */
const PATIENCE = 30 * SECOND;
const LARGEST = 256 * 1024;

export type FileKind = "file" | "folder" | "link" | "other";
export type Attributes = { kind: FileKind; size: number; modifiedAt: number };
export type Entry = Attributes & { name: string };

/** An answer that is no success: what the server says of one file. */
export class SftpStatus extends Error {
  readonly reason: "end" | "missing" | "denied" | "other";

  constructor(code: number, message: string) {
    super(message === "" ? `status ${code}` : message.slice(0, 200));
    this.reason = code === 1 ? "end" : code === 2 ? "missing" : code === 3 ? "denied" : "other";
  }
}

/** A session. Requests may be under way at the same time. Throws `SftpStatus` and `SshFailure`. */
export type Sftp = {
  /** The entries of a folder, links not followed; undefined where there are more than `most`. */
  list(path: string, most: number): Promise<Entry[] | undefined>;
  lookAt(path: string): Promise<Attributes>;
  open(path: string): Promise<Uint8Array>;
  lookAtOpen(handle: Uint8Array): Promise<Attributes>;
  /** The bytes from there, fewer where the server gives fewer; undefined behind the end. */
  read(handle: Uint8Array, from: number, size: number): Promise<Uint8Array | undefined>;
  closeFile(handle: Uint8Array): Promise<void>;
  /** Makes an empty file, or empties the one that is there. */
  create(path: string): Promise<void>;
  remove(path: string): Promise<void>;
  makeFolder(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  realPath(path: string): Promise<string>;
  close(): void;
};

export async function openSftp(connection: Connection, hostKey: string | null, login: Login): Promise<Sftp> {
  const opening = begin(connection, hostKey, login);
  const opened = await within(PATIENCE, opening).catch((error: unknown) => {
    close(connection);
    throw error;
  });
  if (!opened.expired) return newSession(opened.value, connection);
  opening.catch(() => undefined);
  close(connection);
  throw new SshFailure("lost", `no answer within ${PATIENCE / SECOND} seconds`);
}

async function begin(connection: Connection, hostKey: string | null, login: Login): Promise<Packets> {
  const transport = await openTransport(bytesOf(connection.readable), connection, hostKey);
  await authenticate(transport, login);
  const packets = packetsOf(await openSubsystem(transport, "sftp"));
  await packets.send(join(byte(INIT), uint32(3)));
  if (readWire(await packets.receive()).byte() !== VERSION) throw brokenRules("no version of SFTP");
  return packets;
}

type Packets = { send(packet: Uint8Array): Promise<void>; receive(): Promise<Uint8Array> };

function packetsOf(channel: Channel): Packets {
  const source = bytesOf(
    new ReadableStream<Uint8Array>(
      { pull: async (controller) => controller.enqueue(await channel.receive()) },
      { highWaterMark: 0 },
    ),
  );
  return {
    send: (packet) => channel.send(string(packet)),
    receive: async () => {
      const length = readWire(await source.read(4)).uint32();
      if (length < 5 || length > LARGEST) throw brokenRules(`an SFTP packet of ${length} bytes`);
      return source.read(length);
    },
  };
}

type Waiting = { resolve(answer: WireReader): void; reject(error: unknown): void };

function newSession(packets: Packets, connection: Connection): Sftp {
  const waiting = new Map<number, Waiting>();
  let last = 0;
  let failure: unknown;

  function fail(error: unknown): void {
    failure ??= error;
    for (const { reject } of waiting.values()) reject(failure);
    waiting.clear();
    close(connection);
  }
  async function readAll(): Promise<void> {
    for (;;) {
      const answer = await packets.receive();
      const id = readWire(answer.subarray(1, 5)).uint32();
      waiting.get(id)?.resolve(readWire(join(answer.subarray(0, 1), answer.subarray(5))));
      waiting.delete(id);
    }
  }
  void readAll().catch(fail);

  async function ask(kind: number, wanted: number, ...parts: readonly Uint8Array[]): Promise<WireReader> {
    if (failure !== undefined) throw failure;
    last = (last + 1) >>> 0;
    const id = last;
    const answered = new Promise<WireReader>((resolve, reject) => waiting.set(id, { resolve, reject }));
    answered.catch(() => undefined);
    packets.send(join(byte(kind), uint32(id), ...parts)).catch(fail);
    const answer = await within(PATIENCE, answered);
    if (answer.expired) {
      fail(new SshFailure("lost", `no answer within ${PATIENCE / SECOND} seconds`));
      throw failure;
    }
    const got = answer.value.byte();
    if (got === wanted && wanted !== STATUS) return answer.value;
    if (got !== STATUS) throw brokenRules("an answer of another kind");
    const code = answer.value.uint32();
    if (code === 0 && wanted === STATUS) return answer.value;
    throw new SftpStatus(code, answer.value.left() > 4 ? answer.value.text() : "");
  }
  const done = async (kind: number, ...parts: readonly Uint8Array[]) => void (await ask(kind, STATUS, ...parts));
  const handle = async (kind: number, ...parts: readonly Uint8Array[]) =>
    (await ask(kind, HANDLE, ...parts)).string().slice();
  const closeFile = (open: Uint8Array) => done(CLOSE, string(open));

  return {
    list: async (path, most) => {
      const open = await handle(OPENDIR, string(path));
      try {
        const entries: Entry[] = [];
        for (;;) {
          const page = await ask(READDIR, NAME, string(open)).catch(behindEnd);
          if (!page) return entries;
          entries.push(...entriesIn(page));
          if (entries.length > most) return undefined;
        }
      } finally {
        await closeFile(open).catch(() => undefined);
      }
    },
    lookAt: async (path) => attributesIn(await ask(LSTAT, ATTRS, string(path))),
    open: (path) => handle(OPEN, string(path), uint32(FOR_READING), uint32(0)),
    lookAtOpen: async (open) => attributesIn(await ask(FSTAT, ATTRS, string(open))),
    read: async (open, from, size) =>
      (await ask(READ, DATA, string(open), uint64(from), uint32(size)).catch(behindEnd))?.string(),
    closeFile,
    create: async (path) => closeFile(await handle(OPEN, string(path), uint32(FOR_WRITING), uint32(0))),
    remove: (path) => done(REMOVE, string(path)),
    makeFolder: (path) => done(MKDIR, string(path), uint32(0)),
    rename: (from, to) => done(RENAME, string(from), string(to)),
    realPath: async (path) => {
      const answer = await ask(REALPATH, NAME, string(path));
      answer.uint32();
      return answer.text();
    },
    close: () => fail(new SshFailure("lost", "the session was closed")),
  };
}

function behindEnd(error: unknown): undefined {
  if (error instanceof SftpStatus && error.reason === "end") return undefined;
  throw error;
}

function entriesIn(page: WireReader): Entry[] {
  const entries: Entry[] = [];
  for (let left = page.uint32(); left > 0; left -= 1) {
    const name = page.text();
    page.string();
    const attributes = attributesIn(page);
    if (name !== "." && name !== "..") entries.push({ name, ...attributes });
  }
  return entries;
}

function attributesIn(reader: WireReader): Attributes {
  const flags = reader.uint32();
  const size = flags & 1 ? reader.uint64() : 0;
  if (flags & 2) reader.take(8);
  const mode = flags & 4 ? reader.uint32() : 0;
  let modifiedAt = 0;
  if (flags & 8) {
    reader.uint32();
    modifiedAt = reader.uint32() * SECOND;
  }
  for (let left = flags & 0x80000000 ? reader.uint32() : 0; left > 0; left -= 1) {
    reader.string();
    reader.string();
  }
  const type = mode & 0o170000;
  const kind = type === 0o100000 ? "file" : type === 0o040000 ? "folder" : type === 0o120000 ? "link" : "other";
  return { kind, size, modifiedAt };
}

function close(connection: Connection): void {
  connection.close().catch(() => undefined);
}
