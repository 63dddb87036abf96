import type { Inbox } from "../../queues/senders";
import { type AccessConfig, type ListedCall, type Pull } from "../../platforms";
import { keepInbound } from "./keep";

/** Sends a platform's answer about a call through the same path as its notices. */
export async function putListed(
  deps: { bucket: R2Bucket; inbox: Inbox; now(): number },
  config: AccessConfig,
  call: ListedCall,
  path: string,
): Promise<void> {
  await keepInbound(deps, {
    organizationId: config.organizationId,
    sourceId: config.id,
    sourceKind: config.kind,
    receivedAt: deps.now(),
    path,
    form: "listed",
    headers: { "content-type": "application/json" },
    body: bytesOf(call),
    verdict: "accepted",
    status: 200,
  });
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
