import { CIPHERS, MACS, suiteOf, type Opening, type Sealing } from "./cipher";
import { brokenRules, SshFailure } from "./failure";
import { checkHostKey, hostKeyAlgorithms } from "./host-key";
import { byte, join, mpint, names, readWire, string, uint32 } from "./wire";

export const KEXINIT = 20;
const INIT = 30;
const REPLY = 31;

/** Exchanges of keys, by preference (RFC 8731, RFC 5656). */
const EXCHANGES = ["curve25519-sha256", "curve25519-sha256@libssh.org", "ecdh-sha2-nistp256"] as const;
/** Asks for the server's extensions, and for sequence numbers that begin anew, which nobody on the way can shift. */
const MARKS = ["ext-info-c", "kex-strict-c-v00@openssh.com"];
const STRICT = "kex-strict-s-v00@openssh.com";

/** What both sides are. `session`: the hash of the first exchange, which decides `isStrict` for all; null before it. */
export type Peers = {
  ours: string;
  theirs: string;
  hostKey: string | null;
  session: Uint8Array | null;
  isStrict: boolean;
};

export type AgreedKeys = { sealing: Sealing; open: Opening; session: Uint8Array; isStrict: boolean };

/** Agrees on keys (RFC 4253, sections 7 and 8), after the server's offer. Its host key is checked in it. */
export async function exchangeKeys(
  peers: Peers,
  theirOffer: Uint8Array,
  send: (message: Uint8Array) => Promise<void>,
  receive: () => Promise<Uint8Array>,
): Promise<AgreedKeys> {
  const hostKeys = hostKeyAlgorithms(peers.hostKey);
  const exchanges = peers.session === null ? [...EXCHANGES, ...MARKS] : [...EXCHANGES];
  const ourOffer = offer([exchanges, hostKeys, CIPHERS, CIPHERS, MACS, MACS, ["none"], ["none"], [], []]);
  await send(ourOffer);
  const theirs = listsIn(theirOffer);
  const chosen = (ours: readonly string[], at: number, what: string): string => {
    const found = ours.find((name) => theirs.lists[at]?.includes(name));
    if (found !== undefined) return found;
    throw new SshFailure(
      "no_algorithm",
      `the server offers no ${what} that is taken here: ${theirs.lists[at]?.join(",") ?? ""}`.slice(0, 300),
    );
  };
  const exchange = chosen(EXCHANGES, 0, "key exchange");
  const algorithm = chosen(hostKeys, 1, "kind of host key");
  const ciphers = [chosen(CIPHERS, 2, "cipher"), chosen(CIPHERS, 3, "cipher")] as const;
  const macs = ciphers.map((cipher, at) => (cipher.includes("gcm") ? "" : chosen(MACS, 4 + at, "check sum")));
  chosen(["none"], 6, "connection without compression");
  if (theirs.guesses && (theirs.lists[0]?.[0] !== exchange || theirs.lists[1]?.[0] !== algorithm)) await receive();

  const pair = await newPair(exchange);
  await send(join(byte(INIT), string(pair.publicKey)));
  const answer = readWire(await receive());
  if (answer.byte() !== REPLY) throw brokenRules("no answer to the exchange of keys");
  const [key, theirKey, signature] = [answer.string(), answer.string(), answer.string()];
  const shared = mpint(await pair.agree(theirKey));
  const spoken = join(string(peers.ours), string(peers.theirs), string(ourOffer), string(theirOffer));
  const hash = await sha256(join(spoken, string(key), string(pair.publicKey), string(theirKey), shared));
  await checkHostKey({ key, signature, signed: hash, algorithm }, peers.hostKey);

  const session = peers.session ?? hash;
  const derive = async (letter: string, size: number): Promise<Uint8Array<ArrayBuffer>> => {
    let made = await sha256(join(shared, hash, new TextEncoder().encode(letter), session));
    while (made.length < size) made = join(made, await sha256(join(shared, hash, made)));
    return made.slice(0, size);
  };
  const suite = async (at: 0 | 1) => {
    const { key: keySize, iv, macKey, make } = suiteOf(ciphers[at], macs[at] ?? "");
    const [ivLetter, keyLetter, macLetter] = at === 0 ? "ACE" : "BDF";
    return make({
      iv: await derive(ivLetter ?? "", iv),
      key: await derive(keyLetter ?? "", keySize),
      macKey: await derive(macLetter ?? "", macKey),
    });
  };
  const { sealing } = await suite(0);
  const { open } = await suite(1);
  const isStrict = peers.session === null ? theirs.lists[0]?.includes(STRICT) === true : peers.isStrict;
  return { sealing, open, session, isStrict };
}

function offer(lists: readonly (readonly string[])[]): Uint8Array {
  const cookie = crypto.getRandomValues(new Uint8Array(16));
  return join(byte(KEXINIT), cookie, ...lists.map(names), byte(0), uint32(0));
}

function listsIn(message: Uint8Array): { lists: string[][]; guesses: boolean } {
  const reader = readWire(message.subarray(17));
  const lists = Array.from({ length: 10 }, () => reader.names());
  return { lists, guesses: reader.bool() };
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** A pair of keys for one exchange. `agree` gives the number that both sides then know. */
async function newPair(
  exchange: string,
): Promise<{ publicKey: Uint8Array; agree(theirs: Uint8Array): Promise<Uint8Array> }> {
  const is25519 = exchange.startsWith("curve25519");
  const algorithm = is25519 ? { name: "X25519" } : { name: "ECDH", namedCurve: "P-256" };
  const pair = (await crypto.subtle.generateKey(algorithm, true, ["deriveBits"])) as CryptoKeyPair;
  const publicKey = new Uint8Array((await crypto.subtle.exportKey("raw", pair.publicKey)) as ArrayBuffer);
  async function agree(theirs: Uint8Array): Promise<Uint8Array> {
    try {
      const imported = await crypto.subtle.importKey("raw", theirs.slice(), algorithm, false, []);
      // The types of the runtime call this parameter `$public`, which its code does not.
      const asked = { name: algorithm.name, public: imported } as unknown as SubtleCryptoDeriveKeyAlgorithm;
      const shared = new Uint8Array(await crypto.subtle.deriveBits(asked, pair.privateKey, 256));
      if (shared.some((part) => part !== 0)) return shared;
    } catch {
      // Refused below.
    }
    throw brokenRules("a key that cannot be agreed on");
  }
  return { publicKey, agree };
}
