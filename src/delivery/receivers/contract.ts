import type { SignatureScheme } from "../profiles";

/** What a receiver is written from. `window`: how many seconds off the time may be; null where no time is signed. */
export type ReceiverParts = SignatureScheme & { window: number | null };

/** The lines that are there, with a line end each. */
export function linesOf(lines: readonly (string | false)[]): string {
  return `${lines.filter((line) => line !== false).join("\n")}\n`;
}
