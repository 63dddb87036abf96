/**
 * Waits until all have ended, and only then throws the first failure: what is under way when an invocation ends is cut
 * off, with what it asked of an object.
 */
export async function allEnded(work: readonly Promise<unknown>[]): Promise<void> {
  const ends = await Promise.allSettled(work);
  const failed = ends.find((end) => end.status === "rejected");
  if (failed) throw failed.reason;
}
