import { isAboutEndpoint } from "./catalog";
import { type GuardedEvent, type SpilledData, type SpilledEvent } from "./record";
import { newId } from "../lib/id";

// An event whose data is too large for a row of the outbox lies in R2. Its row says where, and repeats what fan-out
// looks at, so that who hears it can be told without reading it. It is delivered whole: the object reads it at the
// attempt.

/** Far below what a row can hold (2 MB): an object's call carries many events. */
export const SPILL_ABOVE = 256 * 1024;

export const SPILLS_PREFIX = "events/";

const MARK = '{"spilled":';

/**
 * The facts with those that are too large put into the bucket, before the batch that records them. What throws is R2.
 * A batch that then comes to nothing leaves an object that `sweepSpills` finds.
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

/** The whole data of an event, from its row or from where the row points. Throws when that is gone. */
export async function readEventData(bucket: Pick<R2Bucket, "get">, data: string): Promise<string> {
  if (!data.startsWith(MARK)) return data;
  const { spilled } = JSON.parse(data) as SpilledData;
  const object = await bucket.get(spilled);
  if (!object) throw new Error(`the event's data is no longer in storage (${spilled})`);
  return object.text();
}

/** All spilled data of a stream lies under this. */
export function spillPrefix(stream: { id: string; organizationId: string }): string {
  return `${SPILLS_PREFIX}${stream.organizationId}/${stream.id}/`;
}

/** The stream and the event an object under the prefix belongs to. */
export function eventOfSpill(key: string): { stream: string; id: string } {
  const [, , stream = "", id = ""] = key.split("/");
  return { stream, id };
}

function spillKey(stream: { id: string; organizationId: string }, eventId: string): string {
  return spillPrefix(stream) + eventId;
}

/** `text.length` counts UTF-16 units; a text of which not even three bytes each would be too much need not be encoded. */
function isLarge(text: string): boolean {
  return text.length * 3 > SPILL_ABOVE && new TextEncoder().encode(text).length > SPILL_ABOVE;
}

/** Where the data lies, and the keys that fan-out's filters read, each where the whole data has it. */
function stubOf(fact: GuardedEvent, key: string): SpilledData {
  const stub: SpilledData = { spilled: key };
  if (isAboutEndpoint(fact.type) || !("call" in fact.data)) return stub;
  const { id, campaign_id, source } = fact.data.call;
  stub.call = { id, campaign_id, source };
  if ("analysis" in fact.data) stub.analysis = { risk_score: fact.data.analysis.risk_score };
  if ("analyses" in fact.data) stub.analyses = fact.data.analyses.map(({ risk_score }) => ({ risk_score }));
  return stub;
}
