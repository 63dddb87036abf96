import { MINUTE, SECOND } from "../../lib/time";

/** A proxy ends what is silent for half a minute or more. */
const SILENCE = 20 * SECOND;

/** After this a listener comes again, and is asked again who they are: a key that was revoked hears no longer. */
const LIFETIME = 15 * MINUTE;

/** What a listener who is too slow may have waiting here, in bytes: then the response ends, and they come again. */
const MOST_WAITING = 8 * 1024 * 1024;

/** How soon a listener comes again, in milliseconds. */
const COME_BACK = 1 * SECOND;

type Frame = { id: number | null; event: string; data: string };

/**
 * The body of a response that is held as long as somebody listens: what comes through the socket, as server-sent
 * events. Where the listener is gone or too slow, the socket is closed; they go on by `Last-Event-ID`.
 */
export function heldBody(socket: WebSocket): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let silence: ReturnType<typeof setInterval> | undefined;
  let end: ReturnType<typeof setTimeout> | undefined;
  let isOpen = true;
  const leave = (code: number) => {
    isOpen = false;
    clearInterval(silence);
    clearTimeout(end);
    try {
      socket.close(code);
    } catch {
      // It is closed.
    }
  };
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const finish = (code: number) => {
          if (!isOpen) return;
          leave(code);
          controller.close();
        };
        const write = (text: string) => {
          if (!isOpen) return;
          controller.enqueue(encoder.encode(text));
          if ((controller.desiredSize ?? 0) <= 0) finish(1013);
        };
        write(`retry: ${COME_BACK}\n\n`);
        socket.addEventListener("message", ({ data }) => write(linesOf(JSON.parse(String(data)) as Frame)));
        socket.addEventListener("close", () => finish(1000));
        socket.addEventListener("error", () => finish(1011));
        socket.accept();
        silence = setInterval(() => write(": nothing new\n\n"), SILENCE);
        end = setTimeout(() => finish(1000), LIFETIME);
      },
      cancel: () => leave(1001),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: MOST_WAITING }),
  );
}

/** JSON has no line ends, so the data is one line. */
function linesOf({ id, event, data }: Frame): string {
  return `${id === null ? "" : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`;
}
