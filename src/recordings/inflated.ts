import { declaredLength, isCompressed } from "./http-answer";

/** How many bytes a body that the server compressed may become, and what to say of one that becomes more. */
export type InflatedLimit = { bytes: number; why: string };

const MIB = 1024 * 1024;
/** Whatever its length was on the way. */
const ALWAYS_TAKEN = 8 * MIB;
/** Speech in the most wasteful format shrinks to a fifth; the silence between leaves room for four times that. */
const MOST_INFLATED = 20;
/** For a body whose length on the way is not known. */
const LENGTH_UNKNOWN = 32 * MIB;

/**
 * We ask for bodies as they are, so a compressed one is odd, and a small one may inflate to anything: it is counted as it
 * inflates and ends at a multiple of what came over the wire. Undefined for a body that is not compressed.
 */
export function inflatedLimit(headers: Headers): InflatedLimit | undefined {
  if (!isCompressed(headers)) return undefined;
  const wire = declaredLength(new Headers({ "content-length": headers.get("content-length") ?? "" }));
  const bytes = wire === null ? LENGTH_UNKNOWN : Math.max(ALWAYS_TAKEN, wire * MOST_INFLATED);
  const from = wire === null ? "a compressed body" : `${wire} compressed bytes`;
  return { bytes, why: `${from} inflated to more than the ${bytes} bytes taken of it` };
}
