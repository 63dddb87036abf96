import type { ByteSource } from "./byte-source";
import { openPlain, PLAIN_SEALING, type Opening, type Sealing } from "./cipher";
import { brokenRules, SshFailure } from "./failure";
import { exchangeKeys, KEXINIT, type Peers } from "./key-exchange";
import { byte, join, readWire, uint32 } from "./wire";

/** Both ways of a connection, as `connect` of the runtime gives them. */
export type Connection = {
  readable: ReadableStream<Uint8Array>;
  writable: WritableStream<Uint8Array>;
  close(): Promise<void>;
};

const DISCONNECT = 1;
const IGNORE = 2;
const UNIMPLEMENTED = 3;
const DEBUG = 4;
const EXT_INFO = 7;
const NEWKEYS = 21;

const VERSION = "SSH-2.0-Trunkline";

/** A connection whose packets are sealed, and whose server has proved its host key (RFC 4253). */
export type Transport = {
  /** Sends one message. Waits while keys are exchanged anew. */
  send(message: Uint8Array): Promise<void>;
  /** The next message that is for the layers above. */
  receive(): Promise<Uint8Array>;
  session: Uint8Array;
  /** Whether the server takes RSA signatures with SHA-512, as far as it says. */
  takesSha512(): boolean;
};

export async function openTransport(
  source: ByteSource,
  connection: Connection,
  hostKey: string | null,
): Promise<Transport> {
  const writer = connection.writable.getWriter();
  let sealing: Sealing = PLAIN_SEALING;
  let open: Opening = openPlain;
  let [sent, received] = [0, 0];
  let signatures: string[] | undefined;
  // Every packet is sealed and written behind the one before. A gate keeps others back while keys are exchanged.
  let behind: Promise<void> = Promise.resolve();
  let gate: Promise<void> = Promise.resolve();

  function sendNow(message: Uint8Array): Promise<void> {
    const written = writeBehind(behind, message);
    behind = written.catch(() => undefined);
    return written;
  }

  async function writeBehind(before: Promise<void>, message: Uint8Array): Promise<void> {
    await before;
    const sealed = await sealing.seal(sent, padded(message, sealing));
    sent = (sent + 1) >>> 0;
    await writer.write(sealed).catch(() => {
      throw new SshFailure("lost", "the server closed the connection");
    });
  }

  async function receiveAny(): Promise<Uint8Array> {
    for (;;) {
      const packet = await open(received, source);
      received = (received + 1) >>> 0;
      const padding = packet[0] ?? 0;
      if (padding + 1 >= packet.length) throw brokenRules("a packet without a message");
      const message = packet.subarray(1, packet.length - padding);
      const kind = message[0];
      if (kind === IGNORE || kind === DEBUG || kind === UNIMPLEMENTED) continue;
      if (kind === DISCONNECT) throw disconnected(message);
      if (kind === EXT_INFO) signatures = signaturesIn(message) ?? signatures;
      else return message;
    }
  }

  const peers: Peers = { ours: VERSION, theirs: await greet(source, writer), hostKey, session: null, isStrict: false };

  async function agree(theirs: Uint8Array): Promise<void> {
    const keys = await exchangeKeys(peers, theirs, sendNow, receiveAny);
    await sendNow(byte(NEWKEYS));
    if (keys.isStrict) sent = 0;
    sealing = keys.sealing;
    const answer = await receiveAny();
    if (answer[0] !== NEWKEYS) throw brokenRules("no new keys after their exchange");
    if (keys.isStrict) received = 0;
    open = keys.open;
    peers.session = keys.session;
    peers.isStrict = keys.isStrict;
  }

  const first = await receiveAny();
  if (first[0] !== KEXINIT) throw brokenRules("no offer of algorithms");
  await agree(first);

  return {
    session: peers.session ?? new Uint8Array(),
    takesSha512: () => signatures === undefined || signatures.includes("rsa-sha2-512"),
    send: async (message) => {
      for (let seen: Promise<void> | undefined; seen !== gate;) {
        seen = gate;
        await seen;
      }
      return sendNow(message);
    },
    receive: async () => {
      for (;;) {
        const message = await receiveAny();
        if (message[0] !== KEXINIT) return message;
        const agreed = agree(message);
        gate = agreed.catch(() => undefined);
        await agreed;
      }
    },
  };
}

/** Lines before the version are allowed to a server, and skipped. */
async function greet(source: ByteSource, writer: WritableStreamDefaultWriter<Uint8Array>): Promise<string> {
  await writer.write(new TextEncoder().encode(`${VERSION}\r\n`)).catch(() => {
    throw new SshFailure("lost", "the server closed the connection");
  });
  for (let lines = 0; lines < 20; lines += 1) {
    const line = await source.line(1_024);
    if (line.startsWith("SSH-2.0-") || line.startsWith("SSH-1.99-")) return line;
    if (line.startsWith("SSH-") || /^(HTTP|220 |<)/.test(line)) break;
  }
  throw new SshFailure("not_ssh", "what answers there speaks no SSH 2");
}

function padded(message: Uint8Array, { block, countsLength }: Sealing): Uint8Array {
  const head = countsLength ? 5 : 1;
  let padding = block - ((head + message.length) % block);
  if (padding < 4) padding += block;
  const random = crypto.getRandomValues(new Uint8Array(padding));
  return join(uint32(1 + message.length + padding), byte(padding), message, random);
}

function disconnected(message: Uint8Array): SshFailure {
  const reader = readWire(message.subarray(1));
  const code = reader.uint32();
  const why = reader.text().slice(0, 200);
  return new SshFailure(code === 14 ? "login" : "lost", `the server closed the connection: ${why}`);
}

/** RFC 8308: which signatures a server takes of its users. */
function signaturesIn(message: Uint8Array): string[] | undefined {
  const reader = readWire(message.subarray(1));
  for (let left = reader.uint32(); left > 0; left -= 1) {
    const name = reader.text();
    const value = reader.text();
    if (name === "server-sig-algs") return value.split(",");
  }
  return undefined;
}
