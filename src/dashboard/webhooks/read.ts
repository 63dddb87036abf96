import { readCallHeads, type CallHead } from "../../calls";
import type { Database } from "../../db/client";
import {
  readEndpoint,
  readHealth,
  readUndelivered,
  signingOf,
  isSigningKey,
  troubleOf,
  type BlockedLane,
  type BlockedQuery,
  type DeliveryLogEntry,
  type DeliveryState,
  type EndpointHealth,
  type EndpointObjects,
  type EndpointRow,
  type EndpointTrouble,
  type SigningSecret,
} from "../../delivery";
import type { DomainError } from "../../errors";
import { may, type Caller } from "../../identity";
import { ok, type Result } from "../../lib/result";
import type { MasterKeys } from "../../lib/seal";
import { DAY } from "../../lib/time";

/** What the head of every page of one webhook is made of. */
export type WebhookParts = {
  endpoint: EndpointRow;
  health: EndpointHealth | undefined;
  /** The secrets that sign now, the one in use first. */
  signing: readonly SigningSecret[];
  trouble: EndpointTrouble | null;
};

type ReadDeps = {
  db: Database;
  masterKeys: MasterKeys;
  endpointObjects: Pick<EndpointObjects, "log" | "delivery" | "blocked">;
  now(): number;
};

/** One round trip. */
export async function readWebhook(
  deps: ReadDeps,
  caller: Caller,
  id: string,
): Promise<Result<WebhookParts, DomainError>> {
  const { organizationId } = caller;
  const target = { organizationId, id };
  const [endpoint, [health], undelivered] = await Promise.all([
    readEndpoint(deps.db, target),
    readHealth(deps.db, { organizationId, endpointId: id, since: deps.now() - DAY }),
    readUndelivered(deps.db, [id]),
  ]);
  if (!endpoint.ok) return endpoint;
  const signing = await signingOf(deps.masterKeys, endpoint.value, deps.now());
  return ok({
    endpoint: endpoint.value,
    health,
    signing: signing.filter(({ value }) => !isSigningKey(value)),
    trouble: troubleOf(endpoint.value, health, undelivered.get(id)),
  });
}

export type DeliveryPosition = { enqueuedAt: number; deliveryId: string };
export type DeliveryQuery = { state?: DeliveryState; call?: string; before?: DeliveryPosition; delivery?: string };

/** Deliveries of a page, with the calls that they are about. Null: the log did not answer. */
export type DeliveryList = {
  entries: readonly DeliveryLogEntry[] | null;
  next: DeliveryPosition | null;
  calls: ReadonlyMap<string, CallHead>;
  /** The chosen one with its bodies, where they may be read; null where it is no longer there. */
  chosen: DeliveryLogEntry | null;
};

const PAGE = 40;

export async function readDeliveries(
  deps: ReadDeps,
  caller: Caller,
  endpoint: EndpointRow,
  asked: DeliveryQuery,
): Promise<DeliveryList> {
  const { state, call, before, delivery } = asked;
  const query = { limit: PAGE + 1, brief: true, state, stream: call, before };
  const [found, chosen] = await Promise.all([
    answerOf(endpoint, "page.log_failed", deps.endpointObjects.log(endpoint, query)),
    delivery === undefined ? null : chosenOf(deps, caller, endpoint, delivery),
  ]);
  const entries = found?.slice(0, PAGE) ?? null;
  const last = found !== null && found.length > PAGE ? entries?.at(-1) : undefined;
  return {
    entries,
    chosen,
    next: last ? { enqueuedAt: last.enqueuedAt, deliveryId: last.deliveryId } : null,
    calls: await callsOf(deps, caller, entries ?? []),
  };
}

type BlockedPosition = NonNullable<BlockedQuery["after"]>;

/** Calls that wait at an endpoint, on one page. Null: its objects did not answer. */
export type BlockedList = {
  lanes: readonly BlockedLane[] | null;
  next: BlockedPosition | null;
  calls: ReadonlyMap<string, CallHead>;
};

/** The calls that wait, the one whose event came first at the top. One round trip. */
export async function readBlocked(
  deps: ReadDeps,
  caller: Caller,
  endpoint: EndpointRow,
  after: BlockedPosition | undefined,
): Promise<BlockedList> {
  const query = { limit: PAGE + 1, ...(after && { after }) };
  const found = await answerOf(endpoint, "page.blocked_failed", deps.endpointObjects.blocked(endpoint, query));
  const lanes = found?.slice(0, PAGE) ?? null;
  const last = found !== null && found.length > PAGE ? lanes?.at(-1) : undefined;
  return {
    lanes,
    next: last ? { arrival: last.arrival, deliveryId: last.entry.deliveryId } : null,
    calls: await callsOf(deps, caller, lanes?.map(({ entry }) => entry) ?? []),
  };
}

/** The calls that deliveries are about, by id; those that the caller may open. */
async function callsOf(
  { db }: Pick<ReadDeps, "db">,
  caller: Caller,
  entries: readonly DeliveryLogEntry[],
): Promise<ReadonlyMap<string, CallHead>> {
  if (!may(caller, "calls:read")) return new Map();
  const { organizationId, reach } = caller;
  const ids = [...new Set(entries.map(({ stream }) => stream))].filter((id) => id.startsWith("call_"));
  const heads = ids.length > 0 ? await readCallHeads(db, { organizationId, reach, ids }) : [];
  return new Map(heads.map((head) => [head.id, head]));
}

async function chosenOf(deps: ReadDeps, caller: Caller, endpoint: EndpointRow, id: string) {
  const entry = await deps.endpointObjects.delivery(endpoint, id).catch(() => null);
  if (entry === null || may(caller, "deliveries:read")) return entry;
  const hidden = { method: "", url: "", headers: {}, body: "" };
  return { ...entry, attempts: entry.attempts.map((one) => ({ ...one, request: hidden, response: null })) };
}

/** What the objects of an endpoint answer; null, with a line in the log, where they do not. */
async function answerOf<Answer>(endpoint: EndpointRow, event: string, asked: Promise<Answer>): Promise<Answer | null> {
  try {
    return await asked;
  } catch (cause) {
    console.error(JSON.stringify({ event, endpoint: endpoint.id, error: String(cause) }));
    return null;
  }
}
