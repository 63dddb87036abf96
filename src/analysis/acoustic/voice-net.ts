import { oddsCode } from "./scales";
import { FEATURES, STEP_FRAMES } from "./voice-features";
import compiled from "./voice.wasm";

/**
 * Hears the features of a channel's steps, one after the other, and says how likely each frame is to be of a voice, and
 * of music or a tone. What it is and how it was trained: scripts/acoustic/voice.c and test/bench/speech/training.
 */
export type VoiceNet = {
  push(features: Float32Array): void;
  /** Says the rest; then there are so many frames. */
  finish(frames: number): void;
};

/** Is told the odds of the next frame (`oddsCode`), those of music being the same for all frames of a step. */
type TellOdds = (voice: number, music: number) => void;

export type StartVoiceNet = (tell: TellOdds) => VoiceNet;

type Exports = {
  memory: WebAssembly.Memory;
  input(): number;
  output(): number;
  begin(): void;
  hear(steps: number): number;
  end(layer: number): number;
};

/** Steps that are heard at once, and that the net answers at most. */
const STEPS = 32;
const MOST_ANSWERS = 64;
const LAYERS = 6;
/** By step: speech of its first frame, of its second, music, and nothing. */
const OUTPUTS = 4;

export const createVoiceNet: StartVoiceNet = (tell) => {
  const net = new WebAssembly.Instance(compiled).exports as unknown as Exports;
  const input = new Float32Array(net.memory.buffer, net.input(), STEPS * FEATURES);
  const output = new Float32Array(net.memory.buffer, net.output(), MOST_ANSWERS * OUTPUTS);
  let held = 0;
  let said = 0;
  net.begin();

  /** There are `frames` in all: the last step may have more. */
  function say(steps: number, frames = Infinity): void {
    for (let step = 0; step < steps; step++) {
      const music = oddsCode(output[step * OUTPUTS + STEP_FRAMES]!);
      for (let frame = 0; frame < STEP_FRAMES && said < frames; frame++, said++)
        tell(oddsCode(output[step * OUTPUTS + frame]!), music);
    }
  }

  // No answer is about the last steps that were heard, so it is none about frames that there are not.
  function hear(): void {
    say(net.hear(held));
    held = 0;
  }

  return {
    push(features) {
      input.set(features, held * FEATURES);
      held++;
      if (held === STEPS) hear();
    },
    finish(frames) {
      hear();
      for (let layer = 0; layer < LAYERS; layer++) say(net.end(layer), frames);
    },
  };
};
