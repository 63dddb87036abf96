import type { Database } from "../db/client";
import { recordings } from "../db/schema";
import { stillClaimed, type ClaimedRecording } from "./recording";

/** Lets go of a claim until `dueAt`, and notes why: what the recording will be failed with if nothing better comes. */
export async function postponeRecording(
  db: Database,
  claimed: ClaimedRecording,
  dueAt: number,
  reason: string,
): Promise<void> {
  await db.update(recordings).set({ dueAt, leaseUntil: 0, reason }).where(stillClaimed(claimed));
}
