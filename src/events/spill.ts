import { isAboutEndpoint } from "./catalog";
import { type GuardedEvent, type SpilledData, type SpilledEvent } from "./record";
import { newId } from "../lib/id";

// The data of an event that is too large for an outbox row is stored in R2. The row has its key and the values that
// fan-out needs, so that receivers are found without reading it. It is delivered complete: the object reads it at the
// attempt.

/** In bytes. Far below what a row can hold (2 MB), because a call to an object carries many events. */
export const SPILL_ABOVE = 256 * 1024;

export const SPILLS_PREFIX = "events/";

const MARK = '{"spilled":';

/**
 * Stores the data of events that are too large in R2, before the batch that records them. Throws when R2 fails. If the
 * batch is then not written, `sweepSpills` deletes the object.
 */
export async function spillLarge(
  bucket: Pick<R2Bucket, "put">,
  stream: { id: string; organizationId: string },
  facts: readonly GuardedEvent[],
  now: number,
): Promise<(GuardedEvent | SpilledEvent)[]> {
  return Promise.all(
    facts.map(async (fact) => {
      const data = JSON.stringify(fact.data);
      if (!isLarge(data)) return fact;
      const id = newId("evt", now);
      const key = spillKey(stream, id);
      await bucket.put(key, data, { httpMetadata: { contentType: "application/json" } });
      const { type, when } = fact;
      return { type, id, data: stubOf(fact, key), ...(when ? { when } : {}) };
    }),
  );
}

/** The complete data of an event, from its row or from R2. Throws when the R2 object is missing. */
export async function readEventData(bucket: Pick<R2Bucket, "get">, data: string): Promise<string> {
  if (!data.startsWith(MARK)) return data;
  const { spilled } = JSON.parse(data) as SpilledData;
  const object = await bucket.get(spilled);
  if (!object) throw new Error(`the event's data is no longer in storage (${spilled})`);
  return object.text();
}

/** Where the data of an event is in R2; null where its row has it. */
export function spilledKey(data: string): string | null {
  return data.startsWith(MARK) ? (JSON.parse(data) as SpilledData).spilled : null;
}

/** The prefix of all spilled data of a stream. */
export function spillPrefix(stream: { id: string; organizationId: string }): string {
  return `${SPILLS_PREFIX}${stream.organizationId}/${stream.id}/`;
}

/** The stream and the event of an object under the prefix. */
export function eventOfSpill(key: string): { stream: string; id: string } {
  const [, , stream = "", id = ""] = key.split("/");
  return { stream, id };
}

function spillKey(stream: { id: string; organizationId: string }, eventId: string): string {
  return spillPrefix(stream) + eventId;
}

/** `text.length` counts UTF-16 units. A text that is small enough at three bytes per unit need not be encoded. */
function isLarge(text: string): boolean {
  return text.length * 3 > SPILL_ABOVE && new TextEncoder().encode(text).length > SPILL_ABOVE;
}

/** The R2 key, and the values that fan-out's filters read, under the same keys as in the complete data. */
function stubOf(fact: GuardedEvent, key: string): SpilledData {
  const stub: SpilledData = { spilled: key };
  if (isAboutEndpoint(fact.type) || !("call" in fact.data)) return stub;
  const { id, campaign_id, source } = fact.data.call;
  stub.call = { id, campaign_id, source };
  if ("analysis" in fact.data) stub.analysis = { risk_score: fact.data.analysis.risk_score };
  if ("changes" in fact.data)
    stub.changes = Object.fromEntries(Object.keys(fact.data.changes).map((name) => [name, null]));
  if ("analyses" in fact.data) stub.analyses = fact.data.analyses.map(({ risk_score }) => ({ risk_score }));
  return stub;
}
