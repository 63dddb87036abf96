import { guideContract } from "./source-guide.contract";
import { handshakeContract } from "./source-handshake.contract";
import { mergeContract } from "./source-merge.contract";
import { readingContract } from "./source-reading.contract";
import { signatureContract } from "./source-signature.contract";
import { isSigned, type SourceCase } from "./source-case";

/** The suite that every source passes. What goes through HTTP is in `source-edge.contract.ts`. */
export function sourceContract(given: SourceCase): void {
  const { source, handshake } = given;
  readingContract(given);
  mergeContract(given);
  guideContract(given);
  if (source.authentication !== "signature") return;
  if (!isSigned(given)) throw new Error(`the case of ${source.kind} says nothing of its signature`);
  signatureContract(given, source);
  if (source.handshake && !handshake) throw new Error(`the case of ${source.kind} has no handshake`);
  if (handshake) handshakeContract(given, source, handshake);
}
