/** What of a request's context is needed here. Reading it throws where there is none. */
type Answering = { readonly executionCtx: { waitUntil(work: Promise<unknown>): void } };

/**
 * Lets work go on after the answer, or after a client that disconnects. Whoever gives no `event` reports its failure
 * otherwise; with one, it is logged.
 */
export function afterAnswer(c: Answering, work: Promise<unknown>, event?: string): void {
  const ended = work.catch((cause: unknown) => {
    if (event !== undefined) console.error(JSON.stringify({ event, error: String(cause) }));
  });
  try {
    c.executionCtx.waitUntil(ended);
  } catch {
    // Without an execution context nothing ends the request.
  }
}
