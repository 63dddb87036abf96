import { newId } from "../../lib/id";
import type { IngestMessage } from "../../queues/messages";
import type { Inbox } from "../../queues/senders";
import { inboundBodyKey, INLINE_BODY_MAX } from "./body";
import { INBOUND_PREFIX } from "./request";

/** The platform refuses a message above 128 kB; this leaves room for what serialising adds. */
const MESSAGE_MAX = 120_000;
/** Field names, numbers and lengths of a serialised message. */
const OVERHEAD = 1_000;

/** The deps of keeping a request. */
export type KeepDeps = { bucket: R2Bucket; inbox: Inbox };

/** A request that came in (or a listed call or an upload in its place), and what was decided on it. */
export type NewInbound = Pick<
  IngestMessage,
  | "organizationId"
  | "sourceId"
  | "sourceKind"
  | "receivedAt"
  | "path"
  | "form"
  | "headers"
  | "body"
  | "verdict"
  | "status"
  | "proven"
> & {
  /** Derived where the same arrival may be kept twice; otherwise one is made. */
  id?: string;
  reason?: string | null;
  campaignLimit?: string | null;
  /** Where the body itself is not kept. */
  bodySize?: number;
};

/**
 * Stores a request durably, on its way to the log and to its call, and returns its id. A body too
 * large for a message goes to R2 first. Throws when it could not be kept, so that nothing is acknowledged unkept.
 */
export async function keepInbound({ bucket, inbox }: KeepDeps, arrival: NewInbound): Promise<string> {
  const message = messageOf(arrival);
  const { id, body, organizationId } = message;
  if (body !== null && (body.length > INLINE_BODY_MAX || sizeOf(message) > MESSAGE_MAX)) {
    const bodyKey = inboundBodyKey(organizationId, id);
    await bucket.put(bodyKey, body);
    await inbox.put({ ...message, body: null, bodyKey });
  } else {
    await inbox.put(message);
  }
  return id;
}

function messageOf({ id, reason = null, campaignLimit = null, bodySize, ...given }: NewInbound): IngestMessage {
  return {
    ...given,
    id: id ?? newId(INBOUND_PREFIX, given.receivedAt),
    bodyKey: null,
    bodySize: bodySize ?? given.body?.length ?? 0,
    reason,
    campaignLimit,
    replay: false,
  };
}

// Text outside Latin-1 takes two bytes a character.
function sizeOf(message: IngestMessage): number {
  let size = OVERHEAD + (message.body?.length ?? 0) + 2 * message.path.length;
  for (const [name, value] of Object.entries(message.headers)) size += 2 * (name.length + value.length) + 10;
  return size;
}
