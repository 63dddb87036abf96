import type { Conversation } from "../db/schema";
import type { CallRow } from "./snapshot";

type Words = Pick<CallRow, "conversation" | "unmasked">;

/** What was said before anything of it was masked, where that differs and is kept; null where it is not. */
export function wordsBefore({ unmasked }: Pick<Words, "unmasked">): Conversation | null {
  return unmasked === null || unmasked.dropped ? null : unmasked.conversation;
}

/** Whether what was said before it was masked was deleted, or never kept, by the choice of a campaign: for good. */
export function areWordsDropped({ conversation, unmasked }: Words): boolean {
  if (unmasked === null) return false;
  // Rows from before there was the flag have nothing beside what is masked.
  return unmasked.dropped === true || (unmasked.conversation === null && conversation !== null);
}
