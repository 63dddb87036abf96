import { toHex } from "../../lib/hmac";
import type { SecretRule } from "../contract";

/** A secret the platform makes and shows; its owner gives it to us. */
export function secretOfPlatform(name: string, minimum = 16): SecretRule {
  return { name, origin: "platform", problem: (secret) => printable(secret, minimum) };
}

/** A secret its owner may choose: made here when none is given. */
export function secretOfOwner(name: string): SecretRule {
  return { name, origin: "either", problem: (secret) => printable(secret, 16), mint: mintSecret };
}

/** A fresh secret: 256 random bits, in the form Audian's take. */
export function mintSecret(): string {
  return `whsec_${toHex(crypto.getRandomValues(new Uint8Array(32)))}`;
}

/** Platforms print theirs in ASCII without spaces. */
function printable(secret: string, minimum: number): string | undefined {
  return secret.length >= minimum && /^[\x21-\x7e]{1,512}$/.test(secret)
    ? undefined
    : `must be ${minimum} to 512 printable ASCII characters without spaces`;
}
