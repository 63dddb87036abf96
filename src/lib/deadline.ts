/**
 * Waits for `work` at most `milliseconds`. Not `AbortSignal.timeout`, which keeps a workerd invocation alive for the
 * full time even after success (workerd issue 4936). This only stops waiting; the caller stops the work.
 */
export async function within<T>(
  milliseconds: number,
  work: Promise<T>,
): Promise<{ expired: false; value: T } | { expired: true }> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const expiry = new Promise<{ expired: true }>((resolve) => {
    timer = setTimeout(() => resolve({ expired: true }), milliseconds);
  });
  try {
    return await Promise.race([work.then((value) => ({ expired: false as const, value })), expiry]);
  } finally {
    clearTimeout(timer);
  }
}
