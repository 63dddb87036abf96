import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What one person says: pieces of speech at 8 kHz, and how to get each. */
export type Speaker = { name: string; pieces: number; piece(at: number): Float32Array };

/** Debian's packages of prompts that people have spoken: `asterisk-core-sounds-*-wav`, `asterisk-prompt-*-wav`. */
const PROMPTS = "/usr/share/asterisk/sounds";
/** Who is not trained with, so that the comparison hears people whom the net does not know. */
export const KEPT_OUT = "ru_RU_f_IvrvoiceRU";
/** Names of prompts that are tones. */
const NO_SPEECH = /beep|tone|silence|music|ring|dtmf|screech|tt-monkeys|weasels/;

/** Everyone who spoke prompts that are installed, but who is kept out. */
export function everyoneRecorded(): Speaker[] {
  return readdirSync(PROMPTS)
    .filter((name) => name !== KEPT_OUT)
    .map(recorded);
}

export function isRecorded(folder: string): boolean {
  return existsSync(join(PROMPTS, folder));
}

export function recorded(folder: string): Speaker {
  const files = readdirSync(join(PROMPTS, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".wav") && !NO_SPEECH.test(name))
    .toSorted();
  return { name: folder, pieces: files.length, piece: kept((at) => samplesOf(join(PROMPTS, folder, files[at]!))) };
}

/** A prompt as the packages have them: PCM of 16 bits, one channel, 8 kHz, after a header of 44 bytes. */
export function samplesOf(path: string): Float32Array {
  const bytes = readFileSync(path);
  const data = bytes.indexOf("data") + 8;
  return Float32Array.from({ length: (bytes.length - data) >> 1 }, (_, i) => bytes.readInt16LE(data + 2 * i) / 32768);
}

export function kept(make: (at: number) => Float32Array): (at: number) => Float32Array {
  const known = new Map<number, Float32Array>();
  return (at) => {
    const one = known.get(at) ?? make(at);
    known.set(at, one);
    return one;
  };
}
