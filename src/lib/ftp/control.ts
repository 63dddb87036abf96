import { within } from "../deadline";
import { SECOND } from "../time";
import { FtpFailure } from "./failure";

/** Until one answer is there. */
export const PATIENCE = 30 * SECOND;
const LONGEST_LINE = 8_192;
const MOST_LINES = 500;

/** A connection that can be encrypted once it is there, as `connect` of the runtime gives it. */
export type Line = {
  readable: ReadableStream<Uint8Array>;
  writable: WritableStream<Uint8Array>;
  opened?: Promise<unknown>;
  close(): Promise<void>;
  startTls(options: { expectedServerHostname: string }): Line;
};

export type Reply = { code: number; text: string; lines: readonly string[] };

/** The connection that commands go over (RFC 959). One command is under way at a time. */
export type Control = {
  /** Sends a command, of none that is there already the answer alone, and gives the next answer. */
  ask(command: string | null): Promise<Reply>;
  /** Goes on encrypted. */
  encrypt(host: string): Promise<void>;
  isClosed(): boolean;
  close(): void;
};

export function openControl(first: Line): Control {
  let line = first;
  let reader = line.readable.getReader();
  let writer = line.writable.getWriter();
  let bytes = new Uint8Array();
  let failure: FtpFailure | undefined;
  let isClosed = false;

  function close(): void {
    isClosed = true;
    line.close().catch(() => undefined);
  }
  function fail(code: "lost" | "not_ftp", message: string): FtpFailure {
    failure ??= new FtpFailure(code, message);
    close();
    return failure;
  }
  async function timely<T>(work: Promise<T>): Promise<T> {
    work.catch(() => undefined);
    const done = await within(PATIENCE, work).catch(() => undefined);
    if (!done) throw fail("lost", "the server closed the connection");
    if (done.expired) throw fail("lost", `no answer within ${PATIENCE / SECOND} seconds`);
    return done.value;
  }
  async function readLine(): Promise<string> {
    for (;;) {
      const end = bytes.indexOf(10);
      if (end >= 0) {
        const text = new TextDecoder().decode(bytes.subarray(0, end)).replace(/\r$/, "");
        bytes = bytes.slice(end + 1);
        return text;
      }
      if (bytes.length > LONGEST_LINE) throw fail("not_ftp", "what answers there speaks no FTP");
      const step = await timely(reader.read());
      if (step.done) throw fail("lost", "the server closed the connection");
      const all = new Uint8Array(bytes.length + step.value.length);
      all.set(bytes);
      all.set(step.value, bytes.length);
      bytes = all;
    }
  }
  async function readReply(): Promise<Reply> {
    const lines = [await readLine()];
    const [, digits = "", mark] = /^([1-6]\d\d)([ -]|$)/.exec(lines[0] ?? "") ?? [];
    if (digits === "") throw fail("not_ftp", "what answers there speaks no FTP");
    const end = new RegExp(`^${digits}( |$)`);
    let isWhole = mark !== "-";
    while (!isWhole) {
      if (lines.length > MOST_LINES) throw fail("not_ftp", "the server's answer has no end");
      const next = await readLine();
      lines.push(next);
      isWhole = end.test(next);
    }
    const code = Number(digits);
    const text = (lines.at(-1) ?? "").slice(4);
    // The server is about to close; whatever was asked is not done.
    if (code === 421) {
      fail("lost", `the server answered: 421 ${text}`.slice(0, 200));
      throw new FtpFailure(/many|limit|maximum/i.test(text) ? "busy" : "lost", failure?.message ?? "");
    }
    return { code, text, lines };
  }

  return {
    ask: async (command) => {
      if (failure) throw failure;
      if (command !== null) await timely(writer.write(new TextEncoder().encode(`${command}\r\n`)));
      return readReply();
    },
    encrypt: async (host) => {
      // What was sent before the encryption would be taken for something that came through it.
      if (bytes.length > 0) throw fail("not_ftp", "the server sent something before its encryption");
      reader.releaseLock();
      writer.releaseLock();
      line = secured(line, host);
      reader = line.readable.getReader();
      writer = line.writable.getWriter();
    },
    isClosed: () => isClosed,
    close,
  };
}

/** The same connection, encrypted; the certificate has to be of this host. */
export function secured(line: Line, host: string): Line {
  const secure = line.startTls({ expectedServerHostname: host });
  for (const one of [secure, secure as { closed?: Promise<unknown> }]) {
    if ("opened" in one) one.opened?.catch(() => undefined);
    if ("closed" in one) one.closed?.catch(() => undefined);
  }
  return secure;
}
