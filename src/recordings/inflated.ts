import { declaredLength, isCompressed } from "./http-answer";

/** How many bytes a compressed body may inflate to, and the message for one that exceeds it. */
export type InflatedLimit = { bytes: number; why: string };

const MIB = 1024 * 1024;
/** Allowed for every body, whatever its compressed length. */
const ALWAYS_TAKEN = 8 * MIB;
/** Speech in the largest format shrinks to a fifth when compressed; the factor leaves room for silence. */
const MOST_INFLATED = 20;
/** The limit for a body of unknown compressed length. */
const LENGTH_UNKNOWN = 32 * MIB;

/**
 * Requests ask for uncompressed bodies, so a compressed one is unusual, and a small one may inflate to any size. It is
 * counted while it inflates and ends at a multiple of its compressed length. Undefined for an uncompressed body.
 */
export function inflatedLimit(headers: Headers): InflatedLimit | undefined {
  if (!isCompressed(headers)) return undefined;
  const wire = declaredLength(new Headers({ "content-length": headers.get("content-length") ?? "" }));
  const bytes = wire === null ? LENGTH_UNKNOWN : Math.max(ALWAYS_TAKEN, wire * MOST_INFLATED);
  const from = wire === null ? "a compressed body" : `${wire} compressed bytes`;
  return { bytes, why: `${from} inflated to more than the ${bytes} bytes taken of it` };
}
