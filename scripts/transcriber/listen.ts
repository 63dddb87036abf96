import { execFile } from "node:child_process";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What pocketsphinx's English model hears at. */
const RATE = 16_000;
const HEADER = 44;

/** Times in seconds. */
export type HeardWord = { word: string; start: number; end: number; confidence: number };
export type Heard = { text: string; seconds: number; words: HeardWord[] };

/** The program that is missing; null where all are there. */
export async function canListen(): Promise<string | null> {
  for (const [program, argument] of [
    ["sox", "--version"],
    ["pocketsphinx_continuous", "-help"],
  ] as const) {
    const isThere = await run(program, [argument]).then(
      () => true,
      (error: { code?: unknown }) => error.code !== "ENOENT",
    );
    if (!isThere) return program;
  }
  return null;
}

/** What pocketsphinx understands of a file; null for one that sox does not read. */
export async function listen(file: Uint8Array): Promise<Heard | null> {
  const folder = await mkdtemp(join(tmpdir(), "trunkline-transcriber-"));
  try {
    const [given, wav] = [join(folder, "given.wav"), join(folder, "heard.wav")];
    await writeFile(given, file);
    const converted = await run("sox", [given, "-r", String(RATE), "-c", "1", "-b", "16", wav]).catch(() => null);
    if (converted === null) return null;
    const seconds = ((await stat(wav)).size - HEADER) / (2 * RATE);
    const { stdout } = await run("pocketsphinx_continuous", ["-infile", wav, "-time", "yes", "-logfn", "/dev/null"], {
      maxBuffer: 64 * 1024 * 1024,
    });
    const words = wordsIn(stdout).filter(({ end }) => end <= seconds + 1);
    return { text: words.map(({ word }) => word).join(" "), seconds, words };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Lines of `word start end probability`; silences and noises are in brackets, other pronunciations numbered. */
export function wordsIn(output: string): HeardWord[] {
  return output.split("\n").flatMap((line) => {
    const [, word = "", start, end, confidence] = /^(\S+) (\d+\.\d+) (\d+\.\d+) (\d+\.\d+)$/.exec(line) ?? [];
    if (word === "" || /^[<[+]/.test(word)) return [];
    const sure = Math.min(1, Number(confidence));
    return [{ word: word.replace(/\(\d+\)$/, ""), start: Number(start), end: Number(end), confidence: sure }];
  });
}
