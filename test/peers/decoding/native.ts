import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Debian's ffmpeg, with a folder for what it makes. */
export function openNative() {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-formats-"));

  /** A file that ffmpeg makes with these arguments, the name of the output left out. */
  function make(extension: string, args: readonly string[]): string {
    const file = join(folder, `${randomUUID()}.${extension}`);
    run([...args, "-fflags", "+bitexact", file]);
    return file;
  }

  /** The channels as ffmpeg decodes them, full scale at 1. */
  function decode(file: string, channels: number, codec: readonly string[] = []): Float32Array[] {
    const bytes = run([...codec, "-i", file, "-map", "0:a:0", "-c:a", "pcm_f32le", "-f", "f32le", "-"]);
    const samples = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    return Array.from({ length: channels }, (_, channel) =>
      Float32Array.from({ length: samples.length / channels }, (_unused, at) => samples[at * channels + channel]!),
    );
  }

  return {
    make,
    decode,
    read: (file: string): Uint8Array => readFileSync(file),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function run(args: readonly string[]): Buffer {
  const done = spawnSync("ffmpeg", ["-v", "error", "-nostdin", "-y", ...args], { maxBuffer: 64 * 1024 * 1024 });
  if (done.status !== 0) throw new Error(`ffmpeg ${args.join(" ")}: ${done.stderr.toString()}`);
  return done.stdout;
}
