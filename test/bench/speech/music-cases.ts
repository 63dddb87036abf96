import { createRandom } from "../../../scripts/fixture/compose.ts";
import type { ListenTo } from "./detector.ts";
import type { Peer } from "./peers.ts";
import { dial, play, STYLES, tone, TONES } from "./synthesis.ts";

/** How much of a kind of music or tone each detector calls speech: a share of its length. */
export type MusicScore = { name: string; isHeldOut: boolean; called: Map<string, number> };

const SECONDS = 40;
const LEVEL = 0.06;
const NOISE = 0.0004;

/** Every fourth kind is kept out of tuning, and of every kind other pieces are played than those looked at. */
export function scoreMusic(listenTo: ListenTo, peers: readonly Peer[], pieces: number): MusicScore[] {
  const kinds: { name: string; make(seed: number): Float32Array }[] = [
    ...STYLES.map((style) => ({ name: style.name, make: (seed: number) => play(style, SECONDS, seed) })),
    ...Object.entries(TONES).map(([name, one]) => ({ name, make: () => tone(one, SECONDS) })),
    { name: "dialled digits", make: (seed: number) => dial(SECONDS, seed) },
  ];
  return kinds.map(({ name, make }, at) => {
    const called = new Map<string, number>();
    for (let piece = 0; piece < pieces; piece++) {
      const random = createRandom(90 + piece);
      const sound = make(500 + at * 10 + piece).map((sample) => LEVEL * sample + NOISE * (2 * random() - 1));
      add(called, "Trunkline", (listenTo([sound], 8000).channels[0]?.talkSeconds ?? 0) / SECONDS / pieces);
      for (const peer of peers) {
        const frames = peer.detect(sound);
        add(called, peer.name, frames.reduce((sum, frame) => sum + frame, 0) / frames.length / pieces);
      }
    }
    return { name, isHeldOut: at % 4 === 3, called };
  });
}

function add(scores: Map<string, number>, name: string, share: number): void {
  scores.set(name, (scores.get(name) ?? 0) + share);
}
