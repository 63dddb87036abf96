import { setTimeout as sleep } from "node:timers/promises";
import { expectSuccess, isObject, request, toText } from "../api-client.ts";
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
export async function readEvents(connection: Connection, callId: string): Promise<CallEvent[]> {
  const answer = await request(connection.url, `/v1/calls/${callId}/events?limit=200`, { token: connection.apiKey });
  if (answer.status === 404) return [];
  const list = expectSuccess(answer, "reading the call's events").data;
  return (Array.isArray(list) ? list : []).flatMap(readEvent).toSorted((left, right) => left.seq - right.seq);
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

function readEvent(value: unknown): CallEvent[] {
  if (!isObject(value)) return [];
  const { seq, type, id, data } = value;
  const recordedAt = Date.parse(String(value.recorded_at));
  if (typeof seq !== "number" || typeof type !== "string" || typeof id !== "string") return [];
  return [{ seq, type, id, recordedAt, data }];
}
