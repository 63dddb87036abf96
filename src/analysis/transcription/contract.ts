import type { Result } from "../../lib/result";

/**
 * A stretch of one channel, as WAV (mono, 16 bit): times of its words count from its beginning. `idempotencyKey`: the same
 * where the same is sent again because nobody knows whether it was answered.
 */
export type Sound = { wav: Uint8Array<ArrayBuffer>; milliseconds: number; idempotencyKey?: string };

export type Wanted = {
  /** A code such as `es` or `en-US`; null: the engine is to find out. */
  language: string | null;
  keyterms: readonly string[];
};

/** A word with its times in milliseconds. `sure`: 0 to 1, null where the engine does not say. */
export type HeardWord = { text: string; start: number; end: number; sure: number | null };

export type HeardPiece = { words: HeardWord[]; language: string | null };

/**
 * Why a piece has no words. `down`, `timeout` and `busy` are worth another try later. `refused` concerns everything
 * that is sent with this key; `spend_cap` is said of a question that was not sent; the others only this piece.
 */
export type TranscriptionFailure = {
  kind: "down" | "timeout" | "busy" | "refused" | "bad_request" | "bad_answer" | "too_large" | "spend_cap";
  detail: string;
};

/** Turns sound into words. It keeps no state: one value serves every call of its organization. */
export type Transcriber = {
  /** What the findings name beside the engine. */
  readonly version: string;
  /** The longest piece it is sent, in seconds. */
  readonly pieceSeconds: number;
  readonly microsPerMinute: number;
  transcribe(sound: Sound, wanted: Wanted): Promise<Result<HeardPiece, TranscriptionFailure>>;
};
