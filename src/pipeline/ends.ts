import { sql } from "drizzle-orm";
import { runBatch, type Database, type Statement } from "../db/client";
import { writeRows, type RowWrite } from "../db/rows";
import { allEnded } from "../lib/all-ended";
import type { Clock } from "../lib/time";
import { writeRecords, type CallRecord } from "./consequences";
import { followOf, type CallName, type FollowDeps } from "./follow";

/**
 * The end of a recording or an analysis, and what it leads to. Each row is guarded by itself. No guard of the record
 * may ask about the rows `alongside`.
 */
export type End = {
  id: string;
  call: CallName;
  write: RowWrite;
  alongside?: RowWrite[];
  record: CallRecord | undefined;
};

/** Writes an end. False when its condition no longer holds. */
export type WriteEnd = (end: End) => Promise<boolean>;

/** Ends of tries that run side by side. */
export type EndsTogether = {
  write: WriteEnd;
  /** A try is over. What its end leads to is done, as is that of those written with it; throws where that failed. */
  leave(): Promise<void>;
  /** Whether the batch of an end of this call was followed by what was then due. */
  hasFollowed(callId: string): boolean;
};

/** How long the first end waits for others that are still under way, in milliseconds. */
const GATHER = 20;

type Waiting = { end: End; settle(won: boolean): void; fail(cause: unknown): void };

/** Writes each end in a batch of its own; what follows is the caller's. */
export function endsAlone(db: Database, now: Clock): WriteEnd {
  return async (end) => (await writeAll(db, [end], now(), [])).won.has(end.id);
}

/**
 * Writes the ends of `tries` tries in as few batches as can be: as soon as no other is under way, or a moment after the
 * first. Of a call only one end is in a batch, because each is made from the call as the one before left it.
 */
export function endsTogether(deps: FollowDeps & { now: Clock }, tries: number): EndsTogether {
  const waiting: Waiting[] = [];
  const follows: Promise<void>[] = [];
  const followed = new Set<string>();
  let underWay = tries;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function writeTogether(group: readonly Waiting[]): Promise<void> {
    try {
      const ends = group.map(({ end }) => end);
      const now = deps.now();
      const next = followOf(
        deps,
        ends.map(({ call }) => call),
        now,
      );
      const { won, read } = await writeAll(deps.db, ends, now, [next.statement]);
      const following = next.follow(read);
      // Whoever leaves next hears of a failure.
      following.catch(() => undefined);
      follows.push(following);
      for (const { end, settle } of group) {
        if (won.has(end.id)) followed.add(end.call.id);
        settle(won.has(end.id));
      }
    } catch (cause) {
      // One that cannot be written keeps none of the others from it.
      if (group.length > 1) for (const one of group) await writeTogether([one]);
      else group[0]?.fail(cause);
    }
  }

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const calls = new Map<string, Waiting>();
    for (const one of waiting) if (!calls.has(one.end.call.id)) calls.set(one.end.call.id, one);
    const group = [...calls.values()];
    for (const one of group) waiting.splice(waiting.indexOf(one), 1);
    void settleAll(group);
  }

  async function settleAll(group: readonly Waiting[]): Promise<void> {
    underWay -= group.length;
    await writeTogether(group);
    // They go on: to another round, or to their end.
    underWay += group.length;
    look();
  }

  function look(): void {
    if (waiting.length === 0) return;
    if (waiting.length >= underWay) flush();
    else timer ??= setTimeout(flush, GATHER);
  }

  return {
    write: (end) =>
      new Promise((settle, fail) => {
        waiting.push({ end, settle, fail });
        look();
      }),
    leave: async () => {
      underWay -= 1;
      look();
      await allEnded(follows);
    },
    hasFollowed: (callId) => followed.has(callId),
  };
}

async function writeAll(
  db: Database,
  ends: readonly End[],
  now: number,
  last: readonly Statement[],
): Promise<{ won: Set<unknown>; read: D1Result | undefined }> {
  const writes = writeRows(
    db,
    ends.map(({ write }) => ({ ...write, conflict: sql`RETURNING id` })),
  );
  const records = writeRecords(
    db,
    ends.flatMap(({ record }) => record ?? []),
    now,
  );
  const alongside = writeRows(
    db,
    ends.flatMap((end) => end.alongside ?? []),
  );
  const results = await runBatch(db, [...writes, ...alongside, ...records, ...last]);
  const ended = results.slice(0, writes.length).flatMap(({ results: rows }) => rows as { id: string }[]);
  return { won: new Set(ended.map(({ id }) => id)), read: last.length > 0 ? results.at(-1) : undefined };
}
