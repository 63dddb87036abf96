import { setTimeout as sleep } from "node:timers/promises";
import { trunkline } from "../../client/trunkline.ts";
import { expectSuccess, request, toText } from "../api-client.ts";
import type { Delivery } from "../receiver/store.ts";
import { Trouble } from "../trouble.ts";
import type { Connection } from "./connect.ts";

/** An event of the call, as the API lists it. */
export type CallEvent = { seq: number; type: string; id: string; recordedAt: number; data: unknown };

const INTERVAL = 150;

/** Posts the notice to the phone system's address, with the key in the header it uses. */
export async function sendNotice(
  connection: Connection,
  body: string,
): Promise<{ callId: string; status: string; tookMs: number }> {
  const began = performance.now();
  const response = await fetch(`${connection.url}/webhook/anura/`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-api-key": connection.apiKey },
    body,
    signal: AbortSignal.timeout(15_000),
  });
  const answer: unknown = await response.json().catch(() => null);
  const taken = expectSuccess({ status: response.status, body: answer }, "POST /webhook/anura/");
  if (typeof taken.call_id !== "string") throw new Trouble(`the notice was not taken: ${JSON.stringify(answer)}`);
  return { callId: taken.call_id, status: toText(taken.status) || "accepted", tookMs: performance.now() - began };
}

/** Hands each new event of the call to `onEvent`, in order, until `isLast` is true. False when time ran out. */
export async function followEvents(
  connection: Connection,
  callId: string,
  onEvent: (event: CallEvent) => void,
  isLast: (event: CallEvent) => boolean,
  deadline: number,
): Promise<boolean> {
  let seen = 0;
  while (Date.now() < deadline) {
    for (const event of await readEvents(connection, callId)) {
      if (event.seq <= seen) continue;
      seen = event.seq;
      onEvent(event);
      if (isLast(event)) return true;
    }
    await sleep(INTERVAL);
  }
  return false;
}

/** The call's events in order; none while the call itself is not there yet. */
export async function readEvents({ url, apiKey }: Connection, callId: string): Promise<CallEvent[]> {
  const { data, error, response } = await trunkline({ url, key: apiKey }).GET("/v1/calls/{id}/events", {
    params: { path: { id: callId }, query: { limit: 200 } },
  });
  if (response.status === 404) return [];
  if (!data) throw new Trouble(`reading the call's events failed: ${response.status} ${error.detail}`);
  return data.data
    .map(({ recorded_at, ...event }) => ({ ...event, recordedAt: Date.parse(recorded_at) }))
    .toSorted((left, right) => left.seq - right.seq);
}

/** What the receiver accepted, in order of arrival. */
export async function readDeliveries(connection: Connection, callId: string): Promise<Delivery[]> {
  const answer = await request(connection.receiverUrl, `/deliveries?call_id=${encodeURIComponent(callId)}`);
  return (expectSuccess(answer, "asking the receiver").deliveries as Delivery[]).filter(
    (delivery) => delivery.status === 200,
  );
}

/** Waits until the receiver has verified every event up to `seq`. False when time ran out. */
export async function followDeliveries(
  connection: Connection,
  callId: string,
  seq: number,
  deadline: number,
): Promise<boolean> {
  while (Date.now() < deadline) {
    const verified = new Set(
      (await readDeliveries(connection, callId)).flatMap((one) => (one.verified ? [one.seq] : [])),
    );
    if (Array.from({ length: seq }, (_, index) => index + 1).every((wanted) => verified.has(wanted))) return true;
    await sleep(INTERVAL);
  }
  return false;
}
