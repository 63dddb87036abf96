import { sameText } from "../../lib/constant-time";
import { hmac } from "../../lib/hmac";
import { SECOND } from "../../lib/time";

const STEP = 30 * SECOND;
const DIGITS = 6;
/** How many steps a clock may be off, in either direction. */
const DRIFT = 1;

/** The step that a moment (milliseconds) is in. */
export function totpStepAt(now: number): number {
  return Math.floor(now / STEP);
}

/** The code of a step: RFC 6238 with HMAC-SHA-1, which is what every authenticator app computes. */
export async function totpCode(secret: Uint8Array<ArrayBuffer>, step: number, digits = DIGITS): Promise<string> {
  const counter = new DataView(new ArrayBuffer(8));
  counter.setBigUint64(0, BigInt(step));
  const mac = await hmac("SHA-1", secret, counter);
  const offset = (mac.at(-1) ?? 0) & 15;
  const number = new DataView(mac.buffer, mac.byteOffset).getUint32(offset) & 0x7fffffff;
  return String(number % 10 ** digits).padStart(digits, "0");
}

/**
 * The step whose code this is: the present one, the one before or the one after; undefined for a wrong code. All are
 * compared, so that the time does not depend on which fits.
 */
export async function totpStepOf(
  secret: Uint8Array<ArrayBuffer>,
  code: string,
  now: number,
): Promise<number | undefined> {
  const present = totpStepAt(now);
  const steps = Array.from({ length: 2 * DRIFT + 1 }, (_, at) => present - DRIFT + at);
  const fits = await Promise.all(steps.map(async (step) => sameText(await totpCode(secret, step), code)));
  return steps.findLast((_, at) => fits[at]);
}

/** A code as a person types it: apps show it in two groups. Undefined when it cannot be one. */
export function readTotpCode(text: string): string | undefined {
  const digits = text.replace(/[\s-]/g, "");
  return /^\d{6}$/.test(digits) ? digits : undefined;
}
