/** A receiver for an endpoint, whole and ready to run, in five languages. */
import type { ProfileName } from "../contract";
import { profiles } from "../profiles";
import type { ReceiverParts } from "./contract";
import { csharp } from "./csharp";
import { go } from "./go";
import { node } from "./node";
import { php } from "./php";
import { python } from "./python";

export const RECEIVER_LANGUAGES = ["node", "python", "php", "go", "csharp"] as const;
export type ReceiverLanguage = (typeof RECEIVER_LANGUAGES)[number];

const WRITERS: Record<ReceiverLanguage, (parts: ReceiverParts) => string> = { node, python, php, go, csharp };

/** The receiver's text. It takes the secret from the environment, so the text holds none. */
export function receiverCode(language: ReceiverLanguage, profile: ProfileName): string {
  const { signature } = profiles[profile];
  return WRITERS[language]({ ...signature, window: signature.timestamp === null ? null : 300 });
}
