import { sql } from "drizzle-orm";
import type { Database } from "../db/client";
import type { Act } from "../identity";
import type { AudioBody } from "../recordings";
import { checkUploadedCall, completeUpload, isSampleSource, storeFile, type UploadDeps } from "../sources";
import { callIdOf } from "../calls";
import { sampleCalls, type SampleAudio, type SampleCall } from "./catalog";
import { ensureSampleSource, sampleCallsOf, sampleSources, type SampleSource } from "./source";

/** The deps of loading: those of uploads, and the recordings that come with this deployment. */
export type LoadDeps = UploadDeps & { sampleAudio(name: SampleAudio): Promise<Uint8Array | null> };

/** Sample calls: how many are there, and of how many the recording is analysed. */
export type SampleState = { loaded: number; analysed: number };

/** What one file of the samples may have, far more than any has. */
export const MAX_BYTES = 5_000_000;
/** Uploaded at a time. */
const AT_ONCE = 5;

/**
 * Null where there are none, and none are being loaded. In one statement, for Home: a sample that somebody moved to another
 * campaign is not counted.
 */
export async function readSamples(db: Database, organizationId: string): Promise<SampleState | null> {
  const [found] = await db.all<{ sources: number; loaded: number; analysed: number }>(sql`
    SELECT count(DISTINCT iif(sources.deleted_at IS NULL, sources.id, NULL)) AS sources,
      count(calls.id) AS loaded, count(calls.talk_strip) AS analysed
    FROM sources LEFT JOIN calls ON calls.organization_id = sources.organization_id
      AND calls.campaign_id = sources.campaign_id AND calls.source_id = sources.id
    WHERE sources.organization_id = ${organizationId} AND ${isSampleSource(sql`sources.id`)}`);
  if (!found || (found.sources === 0 && found.loaded === 0)) return null;
  return { loaded: found.loaded, analysed: found.analysed };
}

/** How many calls their removal would take. */
export async function countSamples(db: Database, organizationId: string): Promise<number> {
  const found = await sampleSources(db, organizationId);
  const counts = await Promise.all(found.map(({ id }) => sampleCallsOf(db, organizationId, id)));
  return counts.reduce((sum, { there }) => sum + there.size, 0);
}

/**
 * Loads sample calls, as uploads of a source of their own. What is there already is left alone, so it may be done again
 * after it was interrupted, and two at once load what one would. Gives how many were sent.
 */
export async function loadSamples(
  deps: LoadDeps,
  { organizationId, count }: { organizationId: string; count: number },
  act: Act,
): Promise<number> {
  const source = await ensureSampleSource(deps.db, organizationId, act);
  const { there } = await sampleCallsOf(deps.db, organizationId, source.id);
  const missing: SampleCall[] = [];
  for (const sample of sampleCalls(count, act.now)) {
    const id = await callIdOf({ organizationId, sourceId: source.id, externalId: sample.externalId });
    if (!there.has(id)) missing.push(sample);
  }
  const read = new Map<SampleAudio, Promise<Uint8Array | null>>();
  const audioOf = (name: SampleAudio) => {
    const known = read.get(name) ?? deps.sampleAudio(name);
    read.set(name, known);
    return known;
  };
  for (let at = 0; at < missing.length; at += AT_ONCE)
    await Promise.all(
      missing
        .slice(at, at + AT_ONCE)
        .map(async (sample) => uploadOne(deps, { organizationId, source }, sample, await audioOf(sample.audio), act)),
    );
  return missing.length;
}

async function uploadOne(
  deps: LoadDeps,
  { organizationId, source }: { organizationId: string; source: SampleSource },
  sample: SampleCall,
  audio: Uint8Array | null,
  act: Act,
): Promise<void> {
  if (audio === null) throw new Error(`this deployment lacks the sample recording ${sample.audio}`);
  const uploader = { organizationId, campaignLimit: null };
  const fields = new Map([...sample.fields, ["source_id", source.id]]);
  const checked = await checkUploadedCall(deps.db, uploader, fields);
  if (!checked.ok) throw new Error(`the sample ${sample.externalId} was refused: ${JSON.stringify(checked.error)}`);
  const head = { fileName: `${sample.audio}.mp3`, mediaType: "audio/mpeg" };
  const stored = await storeFile(deps.bucket, organizationId, head, bodyOf(audio), act.now, MAX_BYTES);
  if (!stored.ok) throw new Error(`the sample ${sample.externalId} was refused: ${JSON.stringify(stored.error)}`);
  await completeUpload(deps, { ...uploader, ...checked.value, files: [stored.value], headers: new Headers() }, act);
}

/** Bytes that are all here, as the body of a file. */
export function bodyOf(bytes: Uint8Array): AudioBody {
  const steps = [{ kind: "chunk" as const, bytes }];
  return { next: async () => steps.pop() ?? { kind: "end" }, cancel: async () => undefined };
}
