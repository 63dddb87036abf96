import assert from "node:assert/strict";
import { trunkline } from "../../client/trunkline.ts";
import { isObject, request, valueAt } from "../../scripts/api-client.ts";
import { ANURA_TEMPLATE, renderAnura } from "../../scripts/demo/anura-template.ts";
import type { Connection } from "../../scripts/demo/connect.ts";
import { sendNotice } from "../../scripts/demo/follow.ts";
import { sampleCall } from "../../scripts/demo/sample-call.ts";
import type { Truth } from "../../scripts/demo/serve-recording.ts";
import type { Delivery } from "../../scripts/receiver/store.ts";

/** The events of a recorded call, in this order. */
export const USUAL_EVENTS = [
  "call.completed",
  "recording.completed",
  "task.created",
  "analysis.created",
  "analysis.completed",
  "call.processed",
];

/** One more call; its id, after the 2xx. */
export async function makeCall(connection: Connection, audioUrl: string, truth: Truth): Promise<string> {
  const variables = sampleCall({ audioUrl, seconds: truth.durationSeconds, now: Date.now() });
  return (await sendNotice(connection, renderAnura(ANURA_TEMPLATE, connection.campaignNumber, variables))).callId;
}

export async function misbehave(connection: Connection, behaviour: { [name: string]: number }): Promise<void> {
  const answer = await request(connection.receiverUrl, "/behaviour", { method: "POST", body: behaviour });
  assert.equal(answer.status, 200);
}

/** Everything the receiver got for the call, refused tries too, in the order of arrival. */
export async function arrivalsOf(connection: Connection, callId: string): Promise<Delivery[]> {
  const answer = await request(connection.receiverUrl, `/deliveries?call_id=${callId}`);
  const list = valueAt(answer.body, ["deliveries"]);
  return Array.isArray(list) ? list.filter(isObject).map((one) => one as unknown as Delivery) : [];
}

/** The newest calls that the search index has. */
export async function idsFound({ url, apiKey }: Connection): Promise<string[]> {
  const { data } = await trunkline({ url, key: apiKey }).GET("/v1/search", { params: { query: { limit: 100 } } });
  return data?.data.map(({ id }) => id) ?? [];
}

/** Whether every usual event was accepted. */
export function isComplete(arrivals: readonly Delivery[]): boolean {
  return new Set(arrivals.filter((one) => one.status === 200).map((one) => one.seq)).size >= USUAL_EVENTS.length;
}

/** Each event was taken once or more, verified, for the first time in order; nothing was even tried before its turn. */
export function assertInOrder(arrivals: readonly Delivery[]): void {
  const taken: (number | null)[] = [];
  for (const one of arrivals) {
    assert.ok(one.verified, `delivery ${one.id} was not verified`);
    assert.ok(one.seq !== null && one.seq <= taken.length + 1, `event ${one.seq} came when ${taken.length} were taken`);
    if (one.status === 200 && !taken.includes(one.seq)) taken.push(one.seq);
  }
  assert.deepEqual(
    taken,
    USUAL_EVENTS.map((_, index) => index + 1),
  );
  const types = new Map(arrivals.map((one) => [one.seq, one.type]));
  assert.deepEqual(
    taken.map((seq) => types.get(seq)),
    USUAL_EVENTS,
  );
}
