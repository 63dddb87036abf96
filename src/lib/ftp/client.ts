import { within } from "../deadline";
import type { Clock } from "../time";
import { openControl, PATIENCE, type Control, type Reply } from "./control";
import { nextOf, openData, type Dial } from "./data";
import { readFacts, readListed, readStamp, type Attributes, type Entry } from "./entries";
import { FtpFailure, FtpRefusal } from "./failure";

/** `explicit`: plain until AUTH TLS (RFC 4217); `implicit`: encrypted from the first byte. */
export type FtpSecurity = "none" | "explicit" | "implicit";

export type FtpServer = { dial: Dial; host: string; port: number; security: FtpSecurity; now: Clock };
export type FtpLogin = { user: string; password: string };

/** A session. One thing is done at a time. Throws `FtpRefusal`, and `FtpFailure` where the session is over. */
export type Ftp = {
  /** Whether the server's list tells times to the second, and which version of a file is there. */
  isExact: boolean;
  /** The entries of a folder, links not followed; undefined where there are more than `most`. */
  list(path: string, most: number): Promise<Entry[] | undefined>;
  lookAt(path: string): Promise<Attributes | undefined>;
  read(path: string, from: number): Promise<Download>;
  /** Makes an empty file, or empties the one that is there. */
  create(path: string): Promise<void>;
  remove(path: string): Promise<void>;
  makeFolder(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  realPath(path: string): Promise<string>;
  isOver(): boolean;
  close(): void;
};

/** The bytes of a file; undefined behind the last. What is not read to its end costs the session. */
export type Download = { next(): Promise<Uint8Array | undefined>; stop(): void };

export async function openFtp(server: FtpServer, login: FtpLogin): Promise<Ftp> {
  const line = await server.dial(server.port);
  const { opened } = line;
  if (opened) {
    const there = await within(PATIENCE, opened).catch(() => undefined);
    if (!there || there.expired) {
      line.close().catch(() => undefined);
      throw new FtpFailure("lost", "no connection could be made");
    }
  }
  const control = openControl(line);
  try {
    await begin(control, server, login);
    return await newSession(control, server);
  } catch (error) {
    control.close();
    throw error;
  }
}

async function begin(control: Control, { host, security }: FtpServer, login: FtpLogin): Promise<void> {
  if (security === "implicit") await encrypted(control, host);
  const greeting = await encryptedAnswer(control, security === "implicit");
  if (greeting.code !== 220) throw new FtpFailure("not_ftp", `the server greets with ${worded(greeting)}`);
  if (security === "explicit") {
    const answer = await control.ask("AUTH TLS");
    if (answer.code !== 234) throw new FtpFailure("no_tls", worded(answer));
    await encrypted(control, host);
  }
  const user = await encryptedAnswer(control, security === "explicit", `USER ${clean(login.user)}`);
  const welcome = user.code === 331 ? await control.ask(`PASS ${clean(login.password)}`) : user;
  if (/many|limit|maximum/i.test(welcome.text) && welcome.code >= 400) throw new FtpFailure("busy", worded(welcome));
  // Servers that let nobody in without encryption say so here, in words.
  if (security === "none" && /tls|ssl|encrypt|secure/i.test(welcome.text) && welcome.code >= 400)
    throw new FtpFailure("no_tls", worded(welcome));
  if (welcome.code !== 230 && welcome.code !== 232) throw new FtpFailure("login", worded(welcome));
  if (security === "none") return;
  await control.ask("PBSZ 0");
  const guarded = await control.ask("PROT P");
  if (guarded.code !== 200) throw new FtpFailure("no_tls", worded(guarded));
}

async function encrypted(control: Control, host: string): Promise<void> {
  await control.encrypt(host).catch((error: unknown) => {
    throw error instanceof FtpFailure ? error : tlsFailure(error);
  });
}

/** The first answer that comes through the encryption: where it does not come, it was the encryption that failed. */
async function encryptedAnswer(control: Control, isFirst: boolean, command: string | null = null): Promise<Reply> {
  return control.ask(command).catch((error: unknown) => {
    throw isFirst && error instanceof FtpFailure && error.code === "lost" ? tlsFailure(error) : error;
  });
}

function tlsFailure(error: unknown): FtpFailure {
  return new FtpFailure("tls", `the encryption could not be set up: ${error instanceof Error ? error.message : ""}`);
}

async function newSession(control: Control, server: FtpServer): Promise<Ftp> {
  const features = await control.ask("FEAT");
  const has = (name: string) => features.lines.some((line) => line.trim().toUpperCase().split(/[ ;]/)[0] === name);
  const isExact = has("MLST") || has("MLSD");
  if (has("UTF8")) await control.ask("OPTS UTF8 ON");
  const protectedFor = server.security === "none" ? null : server.host;
  await need("TYPE I");
  const home = pathIn(await control.ask("PWD")) ?? "/";

  async function need(command: string, most = 300): Promise<Reply> {
    const reply = await control.ask(command);
    if (reply.code >= most) throw new FtpRefusal(reply.code, reply.text);
    return reply;
  }
  /** Where a path leads from the root: another folder may be the current one. */
  function whole(path: string): string {
    const own = clean(path);
    if (own === "." || own === "") return home;
    return own.startsWith("/") ? own : `${home.replace(/\/$/, "")}/${own}`;
  }
  async function lookAt(path: string): Promise<Attributes | undefined> {
    const at = whole(path);
    const exact = has("MLST") ? await control.ask(`MLST ${at}`) : undefined;
    const facts = exact?.code === 250 ? exact.lines.find((line) => line.startsWith(" ")) : undefined;
    if (facts !== undefined) return readFacts(facts.trimStart()) ?? { kind: "folder", size: 0, modifiedAt: 0 };
    if (exact?.code === 550 && new FtpRefusal(550, exact.text).reason === "missing") return undefined;
    const size = await control.ask(`SIZE ${at}`);
    const time = size.code === 213 ? await control.ask(`MDTM ${at}`) : undefined;
    if (size.code === 213)
      return { kind: "file", size: Number(size.text), modifiedAt: readStamp(time?.text.trim() ?? "") ?? 0 };
    const folder = await control.ask(`CWD ${at}`);
    if (folder.code === 250) return { kind: "folder", size: 0, modifiedAt: 0 };
    const refusal = new FtpRefusal(folder.code, folder.text);
    if (refusal.reason === "missing") return undefined;
    throw refusal;
  }

  return {
    isExact,
    lookAt,
    list: async (path, most) => {
      // The folder is gone into: in the argument of a list, servers take signs of names for patterns and options.
      await need(`CWD ${whole(path)}`);
      const data = await openData(control, server.dial, protectedFor);
      const list = await data.begin(isExact ? "MLSD" : "LIST");
      const entries: Entry[] = [];
      const now = server.now();
      try {
        for await (const line of linesOf(list.readable.getReader())) {
          const entry = isExact ? readFacts(line) : readListed(line, now);
          if (entry) entries.push(entry);
          if (entries.length > most) {
            // What is left of the list cannot be taken back: the session ends with it.
            control.close();
            return undefined;
          }
        }
      } finally {
        list.close().catch(() => undefined);
      }
      await data.end();
      return entries;
    },
    read: async (path, from) => {
      const at = whole(path);
      const data = await openData(control, server.dial, protectedFor);
      if (from > 0) await need(`REST ${from}`, 400);
      const line = await data.begin(`RETR ${at}`);
      const reader = line.readable.getReader();
      return {
        next: async () => {
          const bytes = await nextOf(reader);
          if (bytes === undefined) await data.end();
          return bytes;
        },
        stop: () => {
          line.close().catch(() => undefined);
          control.close();
        },
      };
    },
    create: async (path) => {
      const at = whole(path);
      const data = await openData(control, server.dial, protectedFor);
      const line = await data.begin(`STOR ${at}`);
      await line.writable.getWriter().close();
      await data.end();
    },
    remove: async (path) => void (await need(`DELE ${whole(path)}`)),
    makeFolder: async (path) => void (await need(`MKD ${whole(path)}`)),
    rename: async (from, to) => {
      await need(`RNFR ${whole(from)}`, 400);
      await need(`RNTO ${whole(to)}`);
    },
    realPath: async (path) => {
      await need(`CWD ${whole(path)}`);
      return pathIn(await need("PWD")) ?? whole(path);
    },
    isOver: () => control.isClosed(),
    close: () => control.close(),
  };
}

/** A text that goes into a command: a line's end in it would begin another one. */
function clean(text: string): string {
  if (!/[\r\n\0]/.test(text)) return text;
  throw new FtpRefusal(553, "a name with a line's end cannot be asked for");
}

/** `257 "/a ""quoted"" folder" is the current directory` */
function pathIn({ code, text }: Reply): string | undefined {
  const [, quoted] = code === 257 ? (/"((?:[^"]|"")*)"/.exec(text) ?? []) : [];
  return quoted?.replaceAll('""', '"');
}

async function* linesOf(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const bytes = await nextOf(reader);
    const lines = (rest + (bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode())).split("\n");
    rest = bytes ? (lines.pop() ?? "") : "";
    if (rest.length > 10_000) throw new FtpFailure("unreadable", "the server's list has a line without an end");
    for (const line of lines) {
      const text = line.replace(/\r$/, "");
      if (text !== "") yield text;
    }
    if (!bytes) return;
  }
}

function worded({ code, text }: Reply): string {
  return `${code} ${text}`.slice(0, 200);
}
