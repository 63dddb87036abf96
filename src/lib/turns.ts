/**
 * Lets everybody else have a turn after each so many bytes of a long piece of work. Streams do not: where the storage
 * answers at once, as the simulated one of `npm start` does from the disk, reading and writing go on without an end, and no
 * request is taken from the network before.
 */
export function turnsEach(bytes: number): (done: number) => Promise<void> {
  let since = 0;
  return async (done) => {
    since += done;
    if (since < bytes) return;
    since = 0;
    await new Promise<void>((resolve) => {
      setTimeout(resolve, 0);
    });
  };
}
