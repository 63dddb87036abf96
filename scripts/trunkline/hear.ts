import { setTimeout as sleep } from "node:timers/promises";
import { Trouble } from "../trouble.ts";
import { detailOf, type Connection } from "./connection.ts";

export type Heard = { id: string | undefined; event: string; data: unknown };

const COME_BACK = 1_000;

/**
 * The events of the stream as they come. A response that ends is asked for again from where it ended, until `signal`
 * stops it. Trouble where the deployment refuses.
 */
export async function* hear(
  { url, key }: Connection,
  query: Record<string, string>,
  signal: AbortSignal,
): AsyncGenerator<Heard> {
  let last: string | undefined;
  let listener: string | undefined;
  while (!signal.aborted) {
    const wanted = new URLSearchParams({ ...query, ...(listener && { listener }) });
    const address = `${url}/v1/events/stream?${wanted.toString()}`;
    const headers = { "x-api-key": key, ...(last !== undefined && { "last-event-id": last }) };
    try {
      const response = await fetch(address, { headers, signal });
      if (response.status >= 400 && response.status < 500 && response.status !== 429)
        throw new Trouble(detailOf(await response.json()));
      if (response.ok && response.body)
        for await (const heard of eventsIn(response.body)) {
          last = heard.id ?? last;
          if (heard.event === "ready" && query["profile"] !== undefined)
            listener = (heard.data as { listener: string }).listener;
          yield heard;
        }
    } catch (error) {
      if (error instanceof Trouble) throw error;
    }
    if (!signal.aborted) await sleep(COME_BACK, undefined, { signal }).catch(() => undefined);
  }
}

/** Server-sent events as the HTML standard writes them, of one line of data each. */
export async function* eventsIn(body: ReadableStream<Uint8Array>): AsyncGenerator<Heard> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf("\n\n"); end !== -1; end = text.indexOf("\n\n")) {
      const fields = new Map(
        text
          .slice(0, end)
          .split("\n")
          .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()] as const),
      );
      text = text.slice(end + 2);
      const data = fields.get("data");
      if (data === undefined) continue;
      yield { id: fields.get("id"), event: fields.get("event") ?? "message", data: JSON.parse(data) as unknown };
    }
  }
}
