import { toHex } from "../lib/hmac";

// The triggers of the audit log make the same ids in SQL (db/audit-triggers.ts), where no base 32 is at hand.

/** What the ids of entries at this time (milliseconds) begin with: no entry of an earlier time sorts after it. */
export function entryIdAt(at: number): string {
  return `aud_${Math.min(Math.max(0, Math.floor(at)), 0xffffffffffff)
    .toString(16)
    .padStart(12, "0")}`;
}

export function newEntryId(at: number): string {
  return entryIdAt(at) + toHex(crypto.getRandomValues(new Uint8Array(8)));
}
