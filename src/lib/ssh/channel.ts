import { brokenRules, SshFailure } from "./failure";
import type { Transport } from "./transport";
import { byte, join, readWire, string, uint32 } from "./wire";

const GLOBAL_REQUEST = 80;
const REQUEST_FAILURE = 82;
const OPEN = 90;
const OPENED = 91;
const NOT_OPENED = 92;
const WINDOW = 93;
const DATA = 94;
const EXTENDED_DATA = 95;
const END = 96;
const CLOSE = 97;
const REQUEST = 98;
const SUCCESS = 99;
const FAILURE = 100;

/** What the server may send before it is granted more. */
const GRANTED = 2 * 1024 * 1024;
const LARGEST = 64 * 1024;
const OURS = 0;

/** The one channel of a connection, in which a subsystem of the server is spoken to (RFC 4254). */
export type Channel = { send(bytes: Uint8Array): Promise<void>; receive(): Promise<Uint8Array> };

export async function openSubsystem(transport: Transport, name: string): Promise<Channel> {
  await transport.send(join(byte(OPEN), string("session"), uint32(OURS), uint32(GRANTED), uint32(LARGEST)));
  const opened = readWire(await answer(transport, [OPENED, NOT_OPENED]));
  if (opened.byte() === NOT_OPENED) throw new SshFailure("no_sftp", "the server opens no channel for this account");
  opened.uint32();
  const theirs = opened.uint32();
  let [window, largest, unread] = [opened.uint32(), opened.uint32(), 0];
  let widened: () => void = () => undefined;
  if (largest < 1_024) throw brokenRules(`packets of at most ${largest} bytes`);

  await transport.send(join(byte(REQUEST), uint32(theirs), string("subsystem"), byte(1), string(name)));
  const taken = await answer(transport, [SUCCESS, FAILURE, CLOSE, END], (message) => {
    if (message[0] === WINDOW) window += readWire(message.subarray(5)).uint32();
  });
  if (taken[0] !== SUCCESS) throw new SshFailure("no_sftp", `the server gives this account no ${name}`);

  return {
    send: async (bytes) => {
      for (let at = 0; at < bytes.length;) {
        const size = Math.min(bytes.length - at, largest - 64, window);
        if (size <= 0) {
          await new Promise<void>((resolve) => void (widened = resolve));
          continue;
        }
        window -= size;
        await transport.send(join(byte(DATA), uint32(theirs), string(bytes.subarray(at, at + size))));
        at += size;
      }
    },
    receive: async () => {
      for (;;) {
        const reader = readWire(await transport.receive());
        const kind = reader.byte();
        if (kind === GLOBAL_REQUEST) {
          await refuse(transport, reader);
          continue;
        }
        if (reader.uint32() !== OURS) throw brokenRules("a channel that was not opened");
        if (kind === WINDOW) {
          window += reader.uint32();
          widened();
        }
        if (kind === END || kind === CLOSE) throw new SshFailure("lost", "the server ended the session");
        if (kind !== DATA && kind !== EXTENDED_DATA) continue;
        if (kind === EXTENDED_DATA) reader.uint32();
        const bytes = reader.string();
        unread += bytes.length;
        if (unread > GRANTED / 2) {
          await transport.send(join(byte(WINDOW), uint32(theirs), uint32(unread)));
          unread = 0;
        }
        if (kind === DATA) return bytes;
      }
    },
  };
}

/** The next message of one of these kinds. Others may come between them. */
async function answer(
  transport: Transport,
  kinds: readonly number[],
  other: (message: Uint8Array) => void = () => undefined,
): Promise<Uint8Array> {
  for (let count = 0; count < 100; count += 1) {
    const message = await transport.receive();
    if (kinds.includes(message[0] ?? 0)) return message;
    if (message[0] === GLOBAL_REQUEST) await refuse(transport, readWire(message.subarray(1)));
    else other(message);
  }
  throw brokenRules("no answer among a hundred messages");
}

async function refuse(transport: Transport, request: ReturnType<typeof readWire>): Promise<void> {
  request.string();
  if (request.bool()) await transport.send(byte(REQUEST_FAILURE));
}
