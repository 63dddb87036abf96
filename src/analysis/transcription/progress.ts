import { z } from "zod";
import type { EngineRun } from "../engine-run";
import { TRANSCRIPTS_PREFIX } from "./kept";
import type { Piece } from "./plan";

// What an engine has made of pieces before all are done: the next try sends only the others.

const outcome = z.union([
  z.object({ gap: z.string() }),
  z.object({
    words: z.array(z.object({ text: z.string(), start: z.number(), end: z.number(), sure: z.number().nullable() })),
    language: z.string().nullable(),
  }),
]);

/** The words of a piece, or why there are none. */
export type PieceOutcome = z.infer<typeof outcome>;
export type Progress = Map<string, PieceOutcome>;

const stored = z.object({ version: z.string().nullable(), done: z.array(z.tuple([z.string(), outcome])) });

export function pieceKey({ channel, start, end }: Piece): string {
  return `${channel}:${start}-${end}`;
}

/** Of the run only: another run of the engine, or another model, begins anew. */
function keyOf(analysisId: string, { engine, claimsBefore }: EngineRun): string {
  return `${TRANSCRIPTS_PREFIX}${analysisId}/progress-${engine}-${claimsBefore}`;
}

export async function loadProgress(bucket: R2Bucket, analysisId: string, run: EngineRun): Promise<Progress> {
  const object = await bucket.get(keyOf(analysisId, run));
  const parsed = object && stored.safeParse(await object.json().catch(() => null));
  return new Map(parsed?.success && parsed.data.version === run.version ? parsed.data.done : []);
}

/** Keeps what there is. Where the storage fails, pieces are sent again: that is not worth failing for. */
export async function saveProgress(
  bucket: R2Bucket,
  analysisId: string,
  run: EngineRun,
  progress: Progress,
): Promise<void> {
  const body = JSON.stringify({ version: run.version, done: [...progress] });
  await bucket.put(keyOf(analysisId, run), body).catch((cause: unknown) => {
    console.error(JSON.stringify({ event: "transcript.progress_failed", analysisId, error: String(cause) }));
  });
}
