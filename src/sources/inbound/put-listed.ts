import { newId } from "../../lib/id";
import type { IngestMessage } from "../../queues/messages";
import type { Inbox } from "../../queues/senders";
import { INBOUND_PREFIX } from "./id";
import { inboundBodyKey, INLINE_BODY_MAX } from "./body";
import { type AccessConfig, type ListedCall, type Pull } from "../../platforms";

/** Sends what a platform said of a call when it was asked through the same path as what it says by itself. */
export async function putListed(
  { bucket, inbox, now }: { bucket: R2Bucket; inbox: Inbox; now(): number },
  config: AccessConfig,
  call: ListedCall,
  path: string,
): Promise<void> {
  const message = listedMessage(config, call, path, now());
  const { body } = message;
  if (body === null || body.length <= INLINE_BODY_MAX) return inbox.put(message);
  const bodyKey = inboundBodyKey(message.organizationId, message.id);
  await bucket.put(bodyKey, body);
  await inbox.put({ ...message, body: null, bodyKey });
}

function listedMessage(config: AccessConfig, call: ListedCall, path: string, now: number): IngestMessage {
  const body = bytesOf(call);
  return {
    id: newId(INBOUND_PREFIX, now),
    organizationId: config.organizationId,
    sourceId: config.id,
    sourceKind: config.kind,
    receivedAt: now,
    path,
    form: "listed",
    headers: { "content-type": "application/json" },
    body,
    bodyKey: null,
    bodySize: body.length,
    verdict: "accepted",
    reason: null,
    status: 200,
    campaignLimit: null,
    replay: false,
  };
}

/** Whether a listed call goes on, has ended, or cannot be read. */
export async function stateOfListed(
  pull: Pull,
  call: ListedCall,
  config: AccessConfig,
): Promise<"in_progress" | "ended" | "unreadable"> {
  const reading = await pull.readListed(bytesOf(call), "application/json", config);
  if (!reading.ok || reading.value.kind !== "calls") return "unreadable";
  const ended = reading.value.facts.some(({ outcome }) => outcome === "completed" || outcome === "failed");
  return ended ? "ended" : "in_progress";
}

function bytesOf({ body }: ListedCall): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(body));
}
