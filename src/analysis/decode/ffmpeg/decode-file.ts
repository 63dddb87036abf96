import { err, ok, type Result } from "../../../lib/result";
import type { AnalysisFailure, AnalysisWarning, RecordingFormat } from "../../contract";
import type { RecordingFile } from "../../recording-file";
import { MAX_SAMPLE_RATE, MIN_SAMPLE_RATE, type SampleSink } from "../decoder";
import { codecOf, startsAtZero, type Container } from "./demuxers";
import { canWait, OPEN_FAILURES, startFfmpeg, type FfmpegModule } from "./module";
import { endsInsideOggPage } from "./ogg-end";
import { createReadAhead, TooManyReads } from "./read-ahead";
import { asChannels } from "./spread";
import { createTimeline } from "./timeline";

/** In bytes. Where the runtime cannot wait for reads, a file is read whole; larger ones are refused by name. */
const LARGEST_WHOLE = 32 * 1024 * 1024;
const SILENCE = 4096;
/** In seconds of another sample rate: more is no damage but another recording. */
const MOST_ALIEN = 0.5;

type Reader = {
  read(at: number, length: number): Uint8Array | null | Promise<Uint8Array | null>;
  failure(): AnalysisFailure | null;
};

/**
 * Decodes a file with FFmpeg into `sink`, in the recording's own time. `isOver` ends it early. Any bytes give samples or
 * a failure value: a trap ends only the instance, and each recording has its own.
 */
export async function decodeFile(
  file: RecordingFile,
  container: Container,
  { sink, isOver }: { sink: SampleSink; isOver(): boolean },
): Promise<Result<AnalysisWarning[], AnalysisFailure>> {
  const reader = canWait() ? waitingReader(file) : await wholeReader(file);
  if (!reader.ok) return reader;
  const { read, failure } = reader.value;
  // What its taker threw is no fault of the file.
  let thrown: { cause: unknown } | undefined;
  const guarded: SampleSink = (...block) => {
    try {
      sink(...block);
    } catch (cause) {
      thrown = { cause };
      throw cause;
    }
  };
  try {
    const ffmpeg = await startFfmpeg(read);
    const code = await ffmpeg.open(file.size, container.demuxer);
    const opened = code === 0 ? ok(undefined) : err(openFailure(code, container, ffmpeg));
    const decoded = opened.ok ? await decodeBlocks(ffmpeg, container, guarded, isOver) : opened;
    const broken = failure();
    if (broken) return err(broken);
    if (!decoded.ok) return decoded;
    const cutOgg = container.container === "ogg" && (await endsInsideOggPage(file));
    return ok([...new Set([...decoded.value, ...(cutOgg ? (["truncated"] as const) : [])])]);
  } catch (cause) {
    if (thrown) throw thrown.cause;
    // A trap, or a stack that is used up: what the instance holds is lost with it.
    if (!(cause instanceof WebAssembly.RuntimeError || cause instanceof RangeError)) throw cause;
    return err({ kind: "corrupt", detail: `${container.name}: the decoder trapped` });
  }
}

async function decodeBlocks(
  ffmpeg: FfmpegModule,
  { container, name }: Container,
  sink: SampleSink,
  isOver: () => boolean,
): Promise<Result<AnalysisWarning[], AnalysisFailure>> {
  const { facts } = ffmpeg;
  const claimed = facts.stated_seconds();
  const statedSeconds = claimed > 0 ? claimed : null;
  let format: RecordingFormat | null = null;
  let timeline: ReturnType<typeof createTimeline> | null = null;
  let written = 0;
  let alien = 0;
  for (;;) {
    const count = await ffmpeg.next();
    if (count <= 0) {
      if (count < 0) return err({ kind: "corrupt", detail: `${name}: the sound cannot be decoded` });
      break;
    }
    const sampleRate = facts.sample_rate();
    const channels = facts.channel_count();
    const { lengths, positions } = ffmpeg.blocks(count);
    const length = lengths.reduce((sum, samples) => sum + samples, 0);
    if (format === null || timeline === null) {
      if (sampleRate < MIN_SAMPLE_RATE || sampleRate > MAX_SAMPLE_RATE)
        return err({ kind: "unsupported_format", detail: `${name} at ${sampleRate} Hz` });
      const bits = facts.bits_per_sample();
      const codec = codecOf(ffmpeg.codecName());
      format = { container, codec, sampleRate, channels, ...(bits > 0 ? { bitsPerSample: bits } : {}) };
      timeline = createTimeline(sampleRate, { fromZero: startsAtZero(container), statedSeconds });
    }
    if (sampleRate !== format.sampleRate) {
      alien += length / sampleRate;
      if (alien > MOST_ALIEN) {
        const detail = `${name}: the sample rate changes from ${format.sampleRate} to ${sampleRate} Hz`;
        return err({ kind: "unsupported_format", detail });
      }
      continue;
    }
    const planes = asChannels(ffmpeg.planes(channels, length), format.channels);
    const end = facts.edit_end_position();
    // What is kept of the blocks goes on in one piece until something is left out or put in between.
    let [from, until] = [0, 0];
    for (let block = 0, at = 0; block < count && !isAtEnd(written, end); at += lengths[block++]!) {
      const { silence, drop } = timeline.place(positions[block]!, lengths[block]!);
      const kept = keptOf(lengths[block]! - drop, written + silence, end);
      if (silence > 0 || at + drop > until) {
        give(planes, from, until, format, sink);
        pushSilence(silence, format, sink);
        from = at + drop;
      }
      until = at + drop + kept;
      written += silence + kept;
    }
    give(planes, from, until, format, sink);
    if (isOver() || isAtEnd(written, end)) break;
  }
  if (format === null || written === 0) return err(noSamples(name, facts));
  if (facts.error_count() > facts.packet_count() / 2)
    return err({ kind: "corrupt", detail: `${name}: most of the sound cannot be decoded` });
  return ok(
    warningsOf(ffmpeg, { seconds: written / format.sampleRate, statedSeconds, jumps: timeline!.jumps(), alien }),
  );
}

/** Whether so many samples are all that the file's edit keeps; `end` is below 0 where it keeps all. */
function isAtEnd(written: number, end: number): boolean {
  return end >= 0 && written >= Math.round(end);
}

function keptOf(length: number, before: number, end: number): number {
  return end < 0 ? length : Math.min(length, Math.max(0, Math.round(end) - before));
}

function give(
  planes: readonly Float32Array[],
  from: number,
  until: number,
  format: RecordingFormat,
  sink: SampleSink,
): void {
  if (until <= from) return;
  sink(from === 0 ? planes : planes.map((plane) => plane.subarray(from, until)), until - from, format);
}

function warningsOf(
  { facts }: FfmpegModule,
  found: { seconds: number; statedSeconds: number | null; jumps: number; alien: number },
): AnalysisWarning[] {
  const atEnd = facts.ends_with_error() === 1 ? 1 : 0;
  const short = found.statedSeconds !== null && found.seconds < found.statedSeconds * 0.99 - 0.5;
  const warnings: AnalysisWarning[] = [];
  if (facts.track_count() > 1) warnings.push("more_tracks");
  if (short || atEnd) warnings.push("truncated");
  if (facts.error_count() > atEnd || found.jumps > 0 || found.alien > 0) warnings.push("damaged");
  return warnings;
}

function noSamples(name: string, facts: FfmpegModule["facts"]): AnalysisFailure {
  return facts.error_count() > 0
    ? { kind: "corrupt", detail: `${name}: the sound cannot be decoded` }
    : { kind: "empty", detail: "no audio samples" };
}

function openFailure(code: number, { name }: Container, ffmpeg: FfmpegModule): AnalysisFailure {
  switch (code) {
    case OPEN_FAILURES.noSoundTrack:
      return { kind: "unsupported_format", detail: `${name} without a sound track` };
    case OPEN_FAILURES.noDecoder:
      return { kind: "unsupported_format", detail: `${name} with ${codecIn(ffmpeg)}` };
    case OPEN_FAILURES.tooManyChannels:
      return { kind: "unsupported_format", detail: `${name} with more than 8 channels` };
    default:
      return { kind: "corrupt", detail: `${name}: its header cannot be read` };
  }
}

function codecIn(ffmpeg: FfmpegModule): string {
  const name = ffmpeg.codecName();
  return name === "none" ? "an unknown codec" : name;
}

function pushSilence(samples: number, format: RecordingFormat, sink: SampleSink): void {
  for (let left = samples; left > 0; left -= SILENCE) {
    const length = Math.min(left, SILENCE);
    sink(
      Array.from({ length: format.channels }, () => new Float32Array(length)),
      length,
      format,
    );
  }
}

function waitingReader(file: RecordingFile): Result<Reader, AnalysisFailure> {
  const ahead = createReadAhead(file);
  let failure: AnalysisFailure | null = null;
  const failed = (cause: unknown): null => {
    failure ??=
      cause instanceof TooManyReads
        ? { kind: "corrupt", detail: "the headers point back and forth without end" }
        : { kind: "unreadable", detail: cause instanceof Error ? cause.message : String(cause) };
    return null;
  };
  function read(at: number, length: number) {
    if (failure) return null;
    const bytes = ahead(at, length);
    return bytes instanceof Promise ? bytes.catch(failed) : bytes;
  }
  return ok({ read, failure: () => failure });
}

async function wholeReader(file: RecordingFile): Promise<Result<Reader, AnalysisFailure>> {
  if (file.size > LARGEST_WHOLE)
    return err({ kind: "unsupported_format", detail: "a file over 32 MiB, on a runtime that cannot wait for reads" });
  try {
    const bytes = await file.read(0, file.size);
    return ok({ read: (at, length) => bytes.subarray(at, at + length), failure: () => null });
  } catch (cause) {
    return err({ kind: "unreadable", detail: cause instanceof Error ? cause.message : String(cause) });
  }
}
