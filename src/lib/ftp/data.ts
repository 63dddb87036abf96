import { within } from "../deadline";
import { PATIENCE, secured, type Control, type Line, type Reply } from "./control";
import { FtpFailure, FtpRefusal } from "./failure";

/** Makes a connection to this port of the server, on the same address as the first. */
export type Dial = (port: number) => Promise<Line>;

/** The connection that a list or a file goes over. The server names its port, never its address: that stays the same. */
export type DataLine = {
  /** Sends the command and begins, encrypted where that is agreed. */
  begin(command: string): Promise<Line>;
  /** Waits for what the server says of it at its end. */
  end(): Promise<void>;
};

export async function openData(control: Control, dial: Dial, protectedFor: string | null): Promise<DataLine> {
  const port = await askPort(control);
  const line = await dial(port);
  const drop = () => void line.close().catch(() => undefined);
  let answer: Reply | undefined;

  function check({ code, text }: Reply): void {
    if (code < 400) return;
    // vsftpd: 522; ProFTPD: 425 with EPERM; FileZilla Server: 450 "… has not resumed …".
    const isReuse =
      code === 522 || /reuse|resum/i.test(text) || (code === 425 && /operation not permitted/i.test(text));
    if (protectedFor !== null && isReuse) throw new FtpFailure("session_reuse", `${code} ${text}`.slice(0, 200));
    if (code === 425 || code === 426) throw new FtpFailure("no_data", `${code} ${text}`.slice(0, 200));
    throw new FtpRefusal(code, text);
  }
  return {
    begin: async (command) => {
      try {
        const reply = await control.ask(command);
        check(reply);
        // Some servers have sent everything by the time they answer.
        if (reply.code >= 200) answer = reply;
        return protectedFor === null ? line : secured(line, protectedFor);
      } catch (error) {
        drop();
        throw error;
      }
    },
    end: async () => {
      drop();
      check(answer ?? (await control.ask(null)));
    },
  };
}

/** Where the server waits for the connection: EPSV (RFC 2428), and PASV where it does not know that. */
async function askPort(control: Control): Promise<number> {
  const extended = await control.ask("EPSV");
  const [, port] = extended.code === 229 ? (/\(\|\|\|(\d+)\|\)/.exec(extended.text) ?? []) : [];
  if (port !== undefined) return checkPort(Number(port));
  const passive = await control.ask("PASV");
  const [, high, low] = passive.code === 227 ? (/\d+,\d+,\d+,\d+,(\d+),(\d+)/.exec(passive.text) ?? []) : [];
  if (high !== undefined && low !== undefined) return checkPort(Number(high) * 256 + Number(low));
  throw new FtpFailure("no_data", `the server offers no passive mode: ${passive.code} ${passive.text}`.slice(0, 200));
}

function checkPort(port: number): number {
  if (port >= 1_024 && port <= 65_535) return port;
  throw new FtpFailure("no_data", `the server names port ${port} for a file, which is not one`);
}

/** Reads the next bytes of a line; undefined behind the last. */
export async function nextOf(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array | undefined> {
  const reading = reader.read();
  reading.catch(() => undefined);
  const step = await within(PATIENCE, reading);
  if (step.expired) throw new FtpFailure("lost", "the server sent nothing more of a file");
  return step.value.done ? undefined : step.value.value;
}
