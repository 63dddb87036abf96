import { toHex } from "../../lib/hmac";
import type { AudioBody } from "../../recordings";

/** Algorithms a sender may name (tus 1.0.0, checksum), as the runtime calls them. */
export const CHECKSUM_ALGORITHMS = { sha1: "SHA-1", sha256: "SHA-256", sha512: "SHA-512", md5: "MD5" } as const;

/** The checksum a sender gives for the bytes of one request. */
export type Checksum = { algorithm: keyof typeof CHECKSUM_ALGORITHMS; digest: Uint8Array };

/** A body that is hashed as it is read. `matches` may be asked once it has been read to its end. */
export function checkedBody(body: AudioBody, checksum: Checksum): AudioBody & { matches(): Promise<boolean> } {
  const hash = new crypto.DigestStream(CHECKSUM_ALGORITHMS[checksum.algorithm]);
  // A body that is not read to its end leaves a digest that is never used.
  hash.digest.catch(() => undefined);
  const writer = hash.getWriter();
  return {
    next: async (spent) => {
      const step = await body.next(spent);
      if (step.kind === "chunk") await writer.write(step.bytes);
      return step;
    },
    cancel: async () => {
      await writer.abort().catch(() => undefined);
      await body.cancel();
    },
    matches: async () => {
      await writer.close();
      return toHex(new Uint8Array(await hash.digest)) === toHex(checksum.digest);
    },
  };
}
