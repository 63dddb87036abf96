import { startFilters } from "../acoustic/filters";
import { createHalfBand } from "../acoustic/half-band";
import type { RateStage } from "../acoustic/resampler";
import type { AnalysisFailure, AnalysisInput } from "../contract";
import { decodeRecording } from "../decode/decode-recording";
import type { Result } from "../../lib/result";
import type { Sound } from "./contract";
import type { Piece } from "./plan";
import { wavOf } from "./wav";

/** In Hz. Speech has nothing above half of this that engines listen for; telephones have half of it. */
const HIGHEST_RATE = 24_000;
const MAX_SECONDS = 4 * 60 * 60;
/** In samples. */
const ROOM = 1 << 16;

/** Pieces that are in memory and being sent at once. */
const AT_ONCE = 4;

/**
 * Decodes a recording and gives each piece to `send` as soon as it is whole, a few at once: the decoder waits for them.
 * `send` answers whether to go on.
 */
export async function cutRecording(
  input: AnalysisInput,
  pieces: readonly Piece[],
  send: (piece: Piece, sound: Sound) => Promise<boolean>,
): Promise<Result<unknown, AnalysisFailure>> {
  const running = new Set<Promise<void>>();
  let goesOn = true;
  let cutters: Map<number, Cutter> | undefined;
  const sendOne = async (piece: Piece, sound: Sound) => {
    const more = await send(piece, sound);
    goesOn &&= more;
  };
  const begin = (piece: Piece, sound: Sound) => {
    if (!goesOn) return;
    const work = sendOne(piece, sound).finally(() => running.delete(work));
    // Whoever waits for all of them hears of a failure.
    work.catch(() => undefined);
    running.add(work);
  };
  const turn = async () => {
    while (running.size >= AT_ONCE) await Promise.race(running);
  };
  // Formats that are not read from front to back wait at each read instead.
  const file = {
    ...input.file,
    read: async (from: number, length: number) => {
      await turn();
      // Nobody wants the rest of it: what is not read is not decoded.
      if (!goesOn) throw new Error("no more of it is wanted");
      return input.file.read(from, length);
    },
  };
  async function* paced(): AsyncGenerator<Uint8Array> {
    for await (const chunk of input.chunks) {
      await turn();
      if (!goesOn) return;
      yield chunk;
    }
  }
  const decoded = await decodeRecording(
    { ...input, file, chunks: paced() },
    MAX_SECONDS,
    (channels, length, format) => {
      cutters ??= cuttersOf(pieces, format.sampleRate, begin);
      for (const [channel, cutter] of cutters) {
        const samples = channels[channel];
        if (samples) cutter.push(samples, length);
      }
    },
  );
  for (const cutter of cutters?.values() ?? []) cutter.finish();
  while (running.size > 0) await Promise.all(running);
  return decoded;
}

type Cutter = { push(samples: Float32Array, length: number): void; finish(): void };
type Begin = (piece: Piece, sound: Sound) => void;

function cuttersOf(pieces: readonly Piece[], sampleRate: number, begin: Begin): Map<number, Cutter> {
  const channels = new Set(pieces.map(({ channel }) => channel));
  return new Map(
    [...channels].map((channel) => [
      channel,
      createCutter(
        pieces.filter((piece) => piece.channel === channel),
        sampleRate,
        begin,
      ),
    ]),
  );
}

/** Cuts one channel. Pieces come in the order in which they begin; two of them may overlap. */
function createCutter(pieces: readonly Piece[], sampleRate: number, begin: Begin): Cutter {
  const halvings: RateStage[] = [];
  let rate = sampleRate;
  for (; rate > HIGHEST_RATE; rate /= 2) halvings.push(createHalfBand(startFilters()));
  rate = Math.round(rate);
  const waiting = pieces.map((piece) => ({ piece, from: at(piece.start, rate), until: at(piece.end, rate) }));
  const open: { piece: Piece; from: number; samples: Int16Array<ArrayBuffer> }[] = [];
  let position = 0;

  function take(samples: Float32Array, length: number): void {
    const end = position + length;
    for (let next = waiting[0]; next && next.from < end; next = waiting[0]) {
      open.push({ piece: next.piece, from: next.from, samples: new Int16Array(next.until - next.from) });
      waiting.shift();
    }
    for (const { from, samples: kept } of open) {
      const [first, last] = [Math.max(from, position), Math.min(from + kept.length, end)];
      for (let i = first; i < last; i += 1) kept[i - from] = toInt16(samples[i - position]!);
    }
    position = end;
    closeUpTo(position);
  }

  function closeUpTo(reached: number): void {
    while (open[0] && open[0].from + open[0].samples.length <= reached) {
      const { piece, samples } = open.shift()!;
      begin(piece, { wav: wavOf(samples, rate), milliseconds: piece.end - piece.start });
    }
  }

  function through(stage: number, samples: Float32Array, length: number): void {
    const half = halvings[stage];
    if (!half) return take(samples, length);
    const out = new Float32Array(half.room(length));
    through(stage + 1, out, half.push(samples, length, out, 0));
  }

  return {
    push: (samples, length) => through(0, samples, length),
    finish: () => {
      for (const [stage, half] of halvings.entries()) {
        const out = new Float32Array(ROOM);
        through(stage + 1, out, half.flush(out, 0));
      }
      closeUpTo(Number.POSITIVE_INFINITY);
    },
  };
}

function at(milliseconds: number, rate: number): number {
  return Math.round((milliseconds * rate) / 1000);
}

function toInt16(sample: number): number {
  return Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768)));
}
