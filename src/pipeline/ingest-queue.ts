import type { CallMessage, IngestMessage } from "../queues/messages";
import { workOnOperatorMove } from "./move-operator-calls";
import { placeCalls } from "./place-calls";
import { workOnIngest, type TakeNoticesDeps } from "./take-notices";

/** Processes a batch of the ingest queue: first the requests, together, then the calls to be placed again, in order. */
export async function workOnIngestQueue(deps: TakeNoticesDeps, messages: readonly CallMessage[]): Promise<void> {
  const requests = messages.filter((message): message is IngestMessage => !("kind" in message));
  if (requests.length > 0) await workOnIngest(deps, requests);
  for (const message of messages) {
    if (!("kind" in message)) continue;
    if (message.kind === "placement") await placeCalls(deps, message);
    else await workOnOperatorMove(deps, message);
  }
}
