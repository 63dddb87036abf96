import { HOUR, MINUTE, type Clock } from "../../lib/time";
import { readBody, type AudioBody } from "../../recordings";

/** A slow connection needs hours for a gigabyte; one that is silent for a minute is dead. */
const PATIENCE = { stall: MINUTE, total: 6 * HOUR };

/** The body of an upload, with limits on its time. */
export function watchedBody(stream: ReadableStream<Uint8Array>, now: Clock): AudioBody {
  return readBody(stream, { stallTimeout: PATIENCE.stall, deadline: now() + PATIENCE.total }, now);
}

/** The same as a stream, which breaks at the limit. */
export function watchedStream(stream: ReadableStream<Uint8Array>, now: Clock): ReadableStream<Uint8Array> {
  const body = watchedBody(stream, now);
  const source: UnderlyingSource<Uint8Array> = {
    pull: async (controller) => {
      const step = await body.next();
      if (step.kind === "chunk") controller.enqueue(step.bytes);
      else if (step.kind === "end") controller.close();
      else controller.error(new Error(step.failure.reason));
    },
    cancel: () => body.cancel(),
  };
  // Nothing is read ahead, so that bytes which are not needed stay with the sender.
  return new ReadableStream(source, { highWaterMark: 0 });
}
