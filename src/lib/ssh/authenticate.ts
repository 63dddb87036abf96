import { SshFailure, brokenRules } from "./failure";
import { publicKeyOf, type PrivateKey } from "./private-key";
import type { Transport } from "./transport";
import { byte, join, readWire, string, uint32 } from "./wire";

const SERVICE_REQUEST = 5;
const SERVICE_ACCEPT = 6;
const REQUEST = 50;
const FAILURE = 51;
const SUCCESS = 52;
const BANNER = 53;
const INFO_REQUEST = 60;
const INFO_RESPONSE = 61;

export type Login = { user: string; password?: string | undefined; privateKey?: PrivateKey | undefined };

/** Proves who asks (RFC 4252): by key, then by password, the latter also where the server asks for it as a question. */
export async function authenticate(transport: Transport, login: Login): Promise<void> {
  await transport.send(join(byte(SERVICE_REQUEST), string("ssh-userauth")));
  if ((await transport.receive())[0] !== SERVICE_ACCEPT) throw brokenRules("no login");
  const { user, password, privateKey } = login;
  let allowed = await tried(transport, request(user, "none"));
  if (allowed === null) return;
  if (privateKey && allowed.includes("publickey")) {
    allowed = await tried(transport, await signedRequest(transport, user, privateKey));
    if (allowed === null) return;
  }
  if (password !== undefined && allowed.includes("password")) {
    allowed = await tried(transport, join(request(user, "password"), byte(0), string(password)));
    if (allowed === null) return;
  } else if (password !== undefined && allowed.includes("keyboard-interactive")) {
    const asked = join(request(user, "keyboard-interactive"), string(""), string(""));
    allowed = await tried(transport, asked, password);
    if (allowed === null) return;
  }
  const given = [privateKey && "a key", password !== undefined && "a password"].filter(Boolean).join(" and ");
  throw new SshFailure(
    "login",
    `the server did not take ${given} of ${user}; it takes ${allowed.join(", ")}`.slice(0, 300),
  );
}

function request(user: string, method: string): Uint8Array {
  return join(byte(REQUEST), string(user), string("ssh-connection"), string(method));
}

/** One try. Null when it was right, else the ways that may still be tried. */
async function tried(transport: Transport, message: Uint8Array, password?: string): Promise<string[] | null> {
  await transport.send(message);
  for (;;) {
    const answer = readWire(await transport.receive());
    const kind = answer.byte();
    if (kind === SUCCESS) return null;
    if (kind === FAILURE) return answer.names();
    if (kind === BANNER) continue;
    if (kind !== INFO_REQUEST || password === undefined) throw brokenRules("an answer to no question of the login");
    await transport.send(answersTo(answer, password));
  }
}

/** RFC 4256: each question that is not shown as it is answered is taken to be for the password. */
function answersTo(asked: ReturnType<typeof readWire>, password: string): Uint8Array {
  asked.string();
  asked.string();
  asked.string();
  const count = asked.uint32();
  if (count > 10) throw brokenRules("too many questions");
  const answers = Array.from({ length: count }, () => {
    asked.string();
    return string(asked.bool() ? "" : password);
  });
  return join(byte(INFO_RESPONSE), uint32(count), ...answers);
}

async function signedRequest(transport: Transport, user: string, key: PrivateKey): Promise<Uint8Array> {
  const isEd25519 = key.kty === "OKP";
  const is512 = transport.takesSha512();
  const algorithm = isEd25519 ? "ssh-ed25519" : is512 ? "rsa-sha2-512" : "rsa-sha2-256";
  const kind = isEd25519 ? { name: "Ed25519" } : { name: "RSASSA-PKCS1-v1_5", hash: is512 ? "SHA-512" : "SHA-256" };
  const imported = await crypto.subtle.importKey("jwk", key, kind, false, ["sign"]);
  const asked = join(request(user, "publickey"), byte(1), string(algorithm), string(publicKeyOf(key)));
  const signature = await crypto.subtle.sign(kind.name, imported, join(string(transport.session), asked));
  return join(asked, string(join(string(algorithm), string(new Uint8Array(signature)))));
}
