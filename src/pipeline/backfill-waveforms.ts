import { and, asc, eq, sql } from "drizzle-orm";
import { bucketFile, keepWaveform, makeWaveform, waveformKeyOf } from "../analysis";
import type { Database } from "../db/client";
import { recordings } from "../db/schema";
import { chunksOf } from "../lib/byte-reader";
import { openObject } from "../lib/large-object";
import { MINUTE } from "../lib/time";

/** How far recordings from before waveforms have got theirs. Times in milliseconds. */
export type WaveformBackfill = {
  /** The last recording that was looked at. */
  after: { callId: string; id: string } | null;
  looked: number;
  made: number;
  /** Their audio is gone, or could not be decoded. */
  unable: number;
  startedAt: number;
  finishedAt: number | null;
  /** The decoders it was begun with; a state from before FFmpeg has none. */
  decoders?: number;
  /** Another worker is at it until then; 0 when none is. */
  until: number;
};

type Deps = { db: Database; bucket: R2Bucket; now(): number };

/** 2 is FFmpeg's module. Formats that a Worker of a lower number could not decode are tried again once. */
const DECODERS = 2;

/** It is in the bucket because it is about the bucket: a restored database does not undo it. */
const STATE_KEY = "backfills/waveforms";
/** A turn that was killed is taken up after this long: longer than a turn can run. */
const LEASE = 15 * MINUTE;
/** What one turn takes: at 64 kbit/s an hour of sound, about ten seconds of work. One longer recording is a turn. */
const MOST_RECORDINGS = 50;
const MOST_BYTES = 30_000_000;
/** What is left is counted up to here. */
const MOST_COUNTED = 10_000;

/**
 * Makes the waveforms of some older recordings, until all have been looked at once, and once more when formats can be
 * decoded that could not. New ones have theirs already.
 */
export async function backfillWaveforms(deps: Deps): Promise<void> {
  const { bucket, now } = deps;
  const found = await bucket.get(STATE_KEY);
  const kept = found ? await found.json<WaveformBackfill>() : startAt(now());
  // What has a waveform by now is passed over for one look at the bucket.
  const before = (kept.decoders ?? 1) < DECODERS ? { ...startAt(now()), until: kept.until } : kept;
  if (before.finishedAt !== null || before.until > now()) return;
  // Of two workers one writes its claim.
  const onlyIf = found ? { etagMatches: found.etag } : { etagDoesNotMatch: "*" };
  const claim = { ...before, until: now() + LEASE };
  if (!(await bucket.put(STATE_KEY, JSON.stringify(claim), { onlyIf }))) return;
  const after = await takeTurn(deps, before);
  await bucket.put(STATE_KEY, JSON.stringify({ ...after, until: 0 }));
}

function startAt(now: number): WaveformBackfill {
  return { after: null, looked: 0, made: 0, unable: 0, startedAt: now, finishedAt: null, decoders: DECODERS, until: 0 };
}

async function takeTurn({ db, bucket, now }: Deps, before: WaveformBackfill): Promise<WaveformBackfill> {
  const state = { ...before };
  const rows = await db
    .select()
    .from(recordings)
    .where(isLeft(state.after))
    .orderBy(asc(recordings.callId), asc(recordings.id))
    .limit(MOST_RECORDINGS);
  let bytes = 0;
  for (const { callId, id, key, size, mediaType } of rows) {
    if (key === null) continue;
    if (!(await bucket.head(waveformKeyOf(key)))) {
      if (bytes > 0 && bytes + (size ?? 0) > MOST_BYTES) return state;
      bytes += size ?? 0;
      if (await makeOne(bucket, { key, size, mediaType })) state.made += 1;
      else state.unable += 1;
    }
    state.looked += 1;
    state.after = { callId, id };
  }
  return rows.length < MOST_RECORDINGS ? { ...state, finishedAt: now() } : state;
}

async function makeOne(
  bucket: R2Bucket,
  { key, size, mediaType }: { key: string; size: number | null; mediaType: string | null },
): Promise<boolean> {
  const opened = await openObject(bucket, key, size);
  if (!opened) return false;
  const made = await makeWaveform({
    chunks: chunksOf(opened.bytes),
    file: bucketFile(bucket, opened.object),
    ...(mediaType === null ? {} : { mediaType }),
  });
  if (!made.ok || made.value === null) return false;
  await keepWaveform(bucket, key, made.value);
  return true;
}

/** The progress of the backfill, and how many recordings it has still to look at. */
export async function readWaveformBackfill({
  db,
  bucket,
}: Pick<Deps, "db" | "bucket">): Promise<{ state: WaveformBackfill | null; left: number; more: boolean }> {
  const state = (await (await bucket.get(STATE_KEY))?.json<WaveformBackfill>()) ?? null;
  if (state && state.finishedAt !== null) return { state, left: 0, more: false };
  const [row] = await db.all<{ left: number }>(sql`SELECT count(*) AS left FROM
    (SELECT 1 FROM ${recordings} WHERE ${isLeft(state?.after ?? null)} LIMIT ${MOST_COUNTED + 1})`);
  const left = row?.left ?? 0;
  return { state, left: Math.min(left, MOST_COUNTED), more: left > MOST_COUNTED };
}

function isLeft(after: WaveformBackfill["after"]) {
  return and(
    after ? sql`(${recordings.callId}, ${recordings.id}) > (${after.callId}, ${after.id})` : undefined,
    eq(recordings.state, "completed"),
  );
}
