import type { NewPasskeyResponse, PasskeyResponse } from "../src/identity";
import { fromBase64, toBase64Url } from "../src/lib/hmac";

const encoder = new TextEncoder();
const [USER_PRESENT, USER_VERIFIED, HAS_CREDENTIAL] = [1, 4, 64];

type Place = { rpId: string; origin: string };
type Faults = { challenge?: string; type?: string; verified?: boolean; format?: Map<string, unknown> };

/**
 * An authenticator of our own making, with one passkey: what it answers can be wrong in any way a test wants. The real
 * ones are Chromium's (test/e2e).
 */
export async function newAuthenticator({ rpId, origin }: Place, userId: string) {
  const keys = (await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
    "sign",
    "verify",
  ])) as CryptoKeyPair;
  const id = crypto.getRandomValues(new Uint8Array(32));
  const credentialId = toBase64Url(id);
  let counter = 0;

  async function dataOf(flags: number, credential: Uint8Array = new Uint8Array()): Promise<Uint8Array<ArrayBuffer>> {
    const rpIdHash = new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(rpId)));
    return joined(rpIdHash, [flags], bigEndian(counter, 4), credential);
  }

  function clientData(type: string, challenge: string): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(encoder.encode(JSON.stringify({ type, challenge, origin, crossOrigin: false })));
  }

  return {
    credentialId,
    /** Sets the counter that the next answer counts on from, as a copy of the passkey would have it. */
    countFrom: (value: number) => void (counter = value),

    create: async (challenge: string, faults: Faults = {}): Promise<NewPasskeyResponse> => {
      const { x = "", y = "" } = (await crypto.subtle.exportKey("jwk", keys.publicKey)) as JsonWebKey;
      const cose = new Map<number, unknown>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, fromBase64(x)],
        [-3, fromBase64(y)],
      ]);
      const credential = joined(new Uint8Array(16), bigEndian(id.length, 2), id, cbor(cose));
      const verified = faults.verified === false ? 0 : USER_VERIFIED;
      const authData = await dataOf(USER_PRESENT | verified | HAS_CREDENTIAL, credential);
      const attestation = cbor(
        new Map<string, unknown>([
          ["fmt", "none"],
          ["attStmt", new Map()],
          ["authData", authData],
          ...(faults.format ?? []),
        ]),
      );
      return {
        id: credentialId,
        rawId: credentialId,
        type: "public-key",
        clientExtensionResults: {},
        response: {
          clientDataJSON: toBase64Url(clientData(faults.type ?? "webauthn.create", faults.challenge ?? challenge)),
          attestationObject: toBase64Url(attestation),
          transports: ["internal"],
        },
      };
    },

    get: async (challenge: string, faults: Faults = {}): Promise<PasskeyResponse> => {
      counter += 1;
      const authData = await dataOf(USER_PRESENT | (faults.verified === false ? 0 : USER_VERIFIED));
      const client = clientData(faults.type ?? "webauthn.get", faults.challenge ?? challenge);
      const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", client));
      const signed = await crypto.subtle.sign(
        { name: "ECDSA", hash: "SHA-256" },
        keys.privateKey,
        joined(authData, hash),
      );
      return {
        id: credentialId,
        rawId: credentialId,
        type: "public-key",
        clientExtensionResults: {},
        response: {
          clientDataJSON: toBase64Url(client),
          authenticatorData: toBase64Url(authData),
          signature: toBase64Url(derOf(new Uint8Array(signed))),
          userHandle: toBase64Url(encoder.encode(userId)),
        },
      };
    },
  };
}

/** The signature as WebAuthn has it: two integers in DER. */
function derOf(raw: Uint8Array): Uint8Array {
  const integers = [raw.subarray(0, 32), raw.subarray(32)].map((bytes) => {
    const start = bytes.findIndex((byte) => byte !== 0);
    const short = bytes.subarray(start);
    const body = (short[0] ?? 0) > 127 ? joined([0], short) : short;
    return joined([2, body.length], body);
  });
  const body = joined(...integers);
  return joined([48, body.length], body);
}

function cbor(value: unknown): Uint8Array<ArrayBuffer> {
  if (typeof value === "number") return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === "string") return joined(head(3, encoder.encode(value).length), encoder.encode(value));
  if (value instanceof Uint8Array) return joined(head(2, value.length), value);
  if (Array.isArray(value)) return joined(head(4, value.length), ...value.map(cbor));
  if (value instanceof Map) return joined(head(5, value.size), ...[...value].flat().map(cbor));
  throw new Error("the authenticator has no such value");
}

function head(kind: number, size: number): Uint8Array<ArrayBuffer> {
  const major = kind << 5;
  if (size < 24) return joined([major | size]);
  return size < 256 ? joined([major | 24, size]) : joined([major | 25], bigEndian(size, 2));
}

function bigEndian(value: number, width: number): number[] {
  return Array.from({ length: width }, (_, at) => (value >>> (8 * (width - 1 - at))) & 255);
}

function joined(...parts: (Uint8Array | number[])[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
