import { MAX_FRAME_BYTES, type MpegHeader } from "../../lib/audio/mpeg-header";
import { err, ok, type Result } from "../../lib/result";
import type { AnalysisFailure, AnalysisWarning, RecordingFormat } from "../contract";
import type { Decoder, SampleSink } from "./decoder";
import { createMpegFramer } from "./mpeg-framer";
import { openMpg123 } from "./mpg123";

/** MPEG-1, -2 and -2.5 audio, layers I to III. Encoder delay and padding are trimmed where the file states them. */
export function createMp3Decoder(): Decoder {
  const framer = createMpegFramer();
  const mpg123 = openMpg123();
  let format: RecordingFormat | null = null;
  let errors = 0;
  let trapped = false;
  let free = false;

  function frames(sink: SampleSink): (bytes: Uint8Array, header: MpegHeader) => void {
    return (bytes, header) => {
      // libmpg123, fed from memory, mistakes frames without a bitrate for longer ones and loses part of the sound.
      free ||= header.frameBytes === null;
      if (free) return;
      // Later frames may switch to mono or back; the first one defines the format.
      format ??= {
        container: "mp3",
        codec: `mp${header.layer}`,
        sampleRate: header.sampleRate,
        channels: header.channels,
      };
      const shown = format;
      errors += mpg123.decode(bytes, (left, right, length) =>
        sink(shown.channels === 1 ? [left] : [left, right], length, shown),
      );
    };
  }

  // After a trap the module's memory is in an unknown state: the recording is given up.
  function guarded(work: () => void): Result<void, AnalysisFailure> {
    if (!trapped) {
      try {
        work();
        return free ? err({ kind: "unsupported_format", detail: "MP3 in free format" }) : ok(undefined);
      } catch (cause) {
        if (!(cause instanceof WebAssembly.RuntimeError)) throw cause;
        trapped = true;
      }
    }
    return err({ kind: "corrupt", detail: "the MP3 decoder trapped" });
  }

  function end(sink: SampleSink): Result<AnalysisWarning[], AnalysisFailure> {
    const last = guarded(() => framer.end(frames(sink)));
    if (!last.ok) return last;
    if (format === null) return err({ kind: "corrupt", detail: "no MPEG audio frames" });
    // Many healthy files end with an incomplete frame.
    const cut = Math.max(MAX_FRAME_BYTES, framer.longestFrameBytes());
    return ok(errors > 0 || framer.skippedBytes() > cut ? ["damaged"] : []);
  }

  return {
    push: (bytes, sink) => guarded(() => framer.push(bytes, frames(sink))),
    end,
    free: () => {
      if (!trapped) guarded(() => mpg123.free());
    },
  };
}
