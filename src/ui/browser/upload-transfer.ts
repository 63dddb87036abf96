import type { Part, PartUpload, UploadRequests } from "./upload-requests";

/** How the sending of a file ended. `refused` carries why, in the words that the page has for it. */
export type Outcome =
  | { kind: "done"; callId: string | null }
  | { kind: "stopped" }
  | { kind: "signedOut" }
  | {
      kind: "refused";
      why: "notAudio" | "tooLarge" | "forbidden" | "invalid" | "conflict" | "gone" | "failed";
      fields: string[];
    };

export type Transfer = {
  file: File;
  /** The fields of the call, for an upload that is not begun yet. */
  fields: Record<string, string>;
  /** The upload that was begun of this file before. */
  id: string | undefined;
  signal: AbortSignal;
  onBegun(id: string): void;
  onProgress(sent: number): void;
  onRetry(): void;
};

const AT_ONCE = 3;
/** In milliseconds; the last one for ever: a tunnel may be long. */
const WAITS = [500, 1_000, 2_000, 5_000, 10_000];

/** Sends a file by part links until its call is made, it is refused, or it is stopped. Nothing that is here is sent twice. */
export async function sendFile(requests: UploadRequests, transfer: Transfer): Promise<Outcome> {
  const { signal } = transfer;
  for (let tries = 0; ; tries += 1) {
    const opened = await openUpload(requests, transfer);
    if ("kind" in opened) return opened;
    if (!("again" in opened)) {
      if (opened.state === "completed") return { kind: "done", callId: opened.call_id };
      const sent = await sendParts(requests, transfer, opened.parts);
      if (sent === "whole") {
        const ended = await complete(requests, opened.id);
        if (ended) return ended;
      } else if (sent !== "broken") return sent;
    }
    if (signal.aborted) return { kind: "stopped" };
    transfer.onRetry();
    await waited(WAITS[Math.min(tries, WAITS.length - 1)] ?? 0, signal);
    if (signal.aborted) return { kind: "stopped" };
  }
}

/** The upload as it is now, begun where it was not. */
async function openUpload(
  requests: UploadRequests,
  transfer: Transfer,
): Promise<PartUpload | Outcome | { again: true }> {
  const { file, fields, id } = transfer;
  const answer =
    id === undefined
      ? await requests.begin({
          file_name: file.name,
          ...(file.type && { media_type: file.type }),
          size: file.size,
          ...fields,
        })
      : await requests.read(id);
  if (answer.body) {
    const upload = answer.body;
    if (upload.state === "aborted") return refused("gone");
    if (id === undefined) transfer.onBegun(upload.id);
    transfer.id = upload.id;
    return upload;
  }
  return refusalOf(answer.status, answer.fields) ?? { again: true };
}

/** Sends the parts that are not here. `broken`: something is to be sent again. */
async function sendParts(
  requests: UploadRequests,
  transfer: Transfer,
  parts: Part[],
): Promise<"whole" | "broken" | Outcome> {
  const { file, signal, onProgress } = transfer;
  const sent = new Map(parts.map((part) => [part.number, part.received ? part.size : 0]));
  const show = () => onProgress([...sent.values()].reduce((sum, bytes) => sum + bytes, 0));
  const waiting = parts.filter(({ received }) => !received);
  // The first part shows whether it is audio: nothing else is sent before.
  const first = waiting[0]?.number === 1 ? waiting.splice(0, 1) : [];
  let ending: "broken" | Outcome | undefined;
  const work = async (queue: Part[]) => {
    for (let part = queue.shift(); part && !ending; part = queue.shift()) {
      const { number, offset, size, url } = part;
      const bytes = file.slice(offset, offset + size);
      const onSent = (loaded: number) => {
        sent.set(number, Math.min(loaded, size));
        show();
      };
      const status = await requests.put(url, bytes, onSent, signal);
      if (status === 204) sent.set(number, size);
      else {
        sent.set(number, 0);
        // 403: the link is too old; 409: another tab sent it. Both are settled by asking how it stands.
        ending ??= status === 403 || status === 409 ? "broken" : (partRefusal(status) ?? "broken");
      }
      show();
    }
  };
  show();
  await work(first);
  await Promise.all(Array.from({ length: AT_ONCE }, () => work(waiting)));
  return ending ?? "whole";
}

async function complete(requests: UploadRequests, id: string): Promise<Outcome | undefined> {
  const { status, body, fields } = await requests.complete(id);
  if (body) return { kind: "done", callId: body.call_id };
  // A part is missing after all: asked again, it is in the list.
  return status === 409 ? undefined : refusalOf(status, fields);
}

function partRefusal(status: number): Outcome | undefined {
  if (status === 415) return refused("notAudio");
  if (status === 404) return refused("gone");
  // The file changed on its disk since it was chosen.
  return status === 400 || status === 413 ? refused("failed") : undefined;
}

/** What cannot be mended by asking again; undefined for a broken connection and a server that is away. */
function refusalOf(status: number, fields: string[]): Outcome | undefined {
  if (status === 401) return { kind: "signedOut" };
  if (status === 403) return refused("forbidden");
  if (status === 404) return refused("gone");
  if (status === 409) return refused("conflict");
  if (status === 413) return refused("tooLarge");
  if (status === 415) return refused("notAudio");
  if (status === 422) return { kind: "refused", why: "invalid", fields };
  return status >= 400 && status < 500 && status !== 408 && status !== 429 ? refused("failed") : undefined;
}

function refused(why: (Outcome & { kind: "refused" })["why"]): Outcome {
  return { kind: "refused", why, fields: [] };
}

/** Waits, but not longer than until the network is back or the sending is stopped. */
function waited(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener("online", end);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    addEventListener("online", end);
    signal.addEventListener("abort", end);
  });
}
