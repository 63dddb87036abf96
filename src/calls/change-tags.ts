import { and, eq, inArray, sql } from "drizzle-orm";
import { runBatch, type Database, type Statement } from "../db/client";
import { assignments, writeRows, type RowWrite } from "../db/rows";
import { calls } from "../db/schema";
import { valueList } from "../db/value-list";
import { invalid, notFound, type DomainError } from "../errors";
import { eventRows, insertEvents, spillLarge, type StreamFacts } from "../events";
import { actEntries, type Act, type Within } from "../identity";
import { newId } from "../lib/id";
import { err, ok, type Result } from "../lib/result";
import type { Nudges } from "../queues/senders";
import { readCallHeads } from "./list";
import { snapshotCall, type CallHead } from "./snapshot";
import { changedTags, MAX_TAGS, type TagChange } from "./tags";

export type TagDeps = { db: Database; bucket: Pick<R2Bucket, "put">; nudges: Pick<Nudges, "events"> };

/** The tags of a call after a change, whether it changed them, and which of them it got and lost by it. */
export type Tagged = {
  tags: readonly string[];
  changed: boolean;
  added: readonly string[];
  removed: readonly string[];
};

/** A race is lost at most once per competing writer; more than this is a fault. */
const MAX_ROUNDS = 8;

/** Changes the tags of one call. */
export async function changeTags(
  deps: TagDeps,
  { callId, ...change }: Within & { callId: string; change: TagChange },
  act: Act,
): Promise<Result<Tagged, DomainError>> {
  const outcomes = await changeTagsOfCalls(deps, { ...change, callIds: [callId] }, act);
  return outcomes.get(callId) ?? err(notFound("call"));
}

/**
 * Changes the tags of calls within reach, all of them in one batch with their events and the entries of the audit log.
 * A call that already has the tags so is left as it is. A call that another writer changed meanwhile is read again.
 * `only`: what each call gets and loses of the change, where that is not all of it; a call that it does not name gets and
 * loses nothing.
 */
export async function changeTagsOfCalls(
  deps: TagDeps,
  asked: Within & { callIds: readonly string[]; change: TagChange; only?: ReadonlyMap<string, TagChange> | undefined },
  act: Act,
): Promise<Map<string, Result<Tagged, DomainError>>> {
  const { organizationId, reach, callIds, change, only } = asked;
  const outcomes = new Map<string, Result<Tagged, DomainError>>(callIds.map((id) => [id, err(notFound("call"))]));
  let open: readonly string[] = [...outcomes.keys()];
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const known = await readCallHeads(deps.db, { organizationId, reach, ids: open });
    const plans: Plan[] = [];
    for (const call of known) {
      const tags = changedTags(call.tags, only ? (only.get(call.id) ?? {}) : change);
      if (tags.length > MAX_TAGS) outcomes.set(call.id, err(invalid("tags", `a call has at most ${MAX_TAGS} tags`)));
      else if (JSON.stringify(tags) === JSON.stringify(call.tags))
        outcomes.set(call.id, ok(taggedOf(call, tags, false)));
      else plans.push({ known: call, tags });
    }
    if (plans.length === 0) return outcomes;
    const written = await write(deps, plans, change, act);
    for (const { known: call, tags } of plans)
      if (written.has(call.id)) outcomes.set(call.id, ok(taggedOf(call, tags, true)));
    open = plans.map(({ known: call }) => call.id).filter((id) => !written.has(id));
    if (open.length === 0) return outcomes;
  }
  throw new Error(`${open.length} calls were changed by others ${MAX_ROUNDS} times in a row`);
}

function taggedOf({ tags: before }: CallHead, tags: readonly string[], changed: boolean): Tagged {
  const [added, removed] = [tags.filter((tag) => !before.includes(tag)), before.filter((tag) => !tags.includes(tag))];
  return { tags, changed, added, removed };
}

type Plan = { known: CallHead; tags: string[] };

/** Writes the plans that no other writer was faster with, and gives the ids of their calls. */
async function write(deps: TagDeps, plans: readonly Plan[], change: TagChange, act: Act): Promise<Set<string>> {
  const { db, nudges } = deps;
  const writer = newId("tag", act.now);
  const isWritten = (id: unknown) => sql`EXISTS (SELECT 1 FROM ${calls} WHERE id = ${id} AND writer = ${writer})`;
  const updates = plans.map(({ known, tags }): RowWrite => {
    const set = { tags, version: known.version + 1, writer, updatedAt: act.now };
    const isAsRead = and(eq(calls.id, known.id), eq(calls.version, known.version));
    return { write: sql`UPDATE ${calls} SET ${assignments(calls, set)}`, when: isAsRead ?? sql`FALSE` };
  });
  // A call that has not ended yet has no events; the one about its end will have the tags.
  const ended = plans.filter(({ known }) => known.terminal !== null);
  const streams = await Promise.all(
    ended.map(async ({ known, tags }): Promise<StreamFacts> => {
      const stream = { id: known.id, organizationId: known.organizationId };
      const data = { call: snapshotCall({ ...known, tags }), changed: ["tags"] };
      const facts = await spillLarge(deps.bucket, stream, [{ type: "call.updated", data }], act.now);
      return { stream, facts, guard: isWritten(known.id) };
    }),
  );
  const ids = plans.map(({ known }) => known.id);
  const which = db.select({ id: calls.id }).from(calls);
  const statements: Statement[] = [
    ...writeRows(db, updates),
    ...insertEvents(db, eventRows(streams, act.now)),
    actEntries(db, entryOf(plans, change), act, isWritten(sql`value ->> 1`)),
    which.where(and(inArray(calls.id, valueList(ids)), eq(calls.writer, writer))),
  ];
  const rows = (await runBatch(db, statements)).at(-1)?.results as { id: string }[] | undefined;
  const written = new Set(rows?.map(({ id }) => id));
  // Also where there is no event: the consumer brings what changed into the search index.
  const toDrain = plans.filter(({ known }) => written.has(known.id));
  await nudges.events(toDrain.map(({ known: { id: stream, organizationId } }) => ({ stream, organizationId })));
  return written;
}

/** How many tags, and not which: an entry is never erased, and a tag can be about the people on the call. */
function entryOf(plans: readonly Plan[], { add = [], remove = [] }: TagChange) {
  return {
    organizationId: plans[0]?.known.organizationId ?? "",
    action: "call.tagged" as const,
    resourceType: "call",
    resourceIds: plans.map(({ known }) => known.id),
    after: { tags_to_add: add.length, tags_to_remove: remove.length },
  };
}
