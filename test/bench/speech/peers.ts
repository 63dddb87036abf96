import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { sileroOf } from "./silero.ts";

/** Another detector: for a channel at 8 kHz, whether there is speech in each frame of 10 ms. */
export type Peer = { name: string; detect(samples: Float32Array): Uint8Array };

const FRAME = 80;
/** Silero's own defaults: speech begins over 0.5 and ends under 0.35; a step is 256 samples. */
const [OPEN, CLOSE, STEP] = [0.5, 0.35, 256];

/** The peers whose packages are in `folder`; none where there is no folder. */
export async function loadPeers(folder: string | undefined): Promise<Peer[]> {
  if (folder === undefined) return [];
  const at = (...path: string[]) => join(folder, "node_modules", ...path);
  const model = at("@ricky0123", "vad-web", "dist", "silero_vad_v5.onnx");
  const webRtc = at("@echogarden", "fvad-wasm", "fvad.js");
  return [
    ...(existsSync(model) ? [silero(readFileSync(model))] : []),
    ...(existsSync(webRtc) ? [await fvad(webRtc)] : []),
  ];
}

function silero(model: Uint8Array): Peer {
  const run = sileroOf(model);
  return {
    name: "Silero",
    detect(samples) {
      let on = false;
      const steps = Array.from(run(samples), (probability) => (on = probability > (on ? CLOSE : OPEN)));
      return Uint8Array.from({ length: Math.ceil(samples.length / FRAME) }, (_, frame) =>
        steps[Math.min(steps.length - 1, Math.floor((frame * FRAME) / STEP))] ? 1 : 0,
      );
    },
  };
}

/* oxlint-disable no-underscore-dangle -- the names that its compiler gives */
type Fvad = {
  HEAP16: Int16Array;
  _malloc(bytes: number): number;
  _fvad_new(): number;
  _fvad_free(handle: number): void;
  _fvad_set_mode(handle: number, mode: number): void;
  _fvad_set_sample_rate(handle: number, hz: number): void;
  _fvad_process(handle: number, at: number, length: number): number;
};

async function fvad(path: string): Promise<Peer> {
  const { default: start } = (await import(pathToFileURL(path).href)) as { default(): Promise<Fvad> };
  const lib = await start();
  const at = lib._malloc(2 * FRAME);
  return {
    name: "WebRTC",
    detect(samples) {
      const handle = lib._fvad_new();
      lib._fvad_set_mode(handle, 3);
      lib._fvad_set_sample_rate(handle, 8000);
      const found = Uint8Array.from({ length: Math.ceil(samples.length / FRAME) }, (_, frame) => {
        for (let i = 0; i < FRAME; i++) {
          const sample = Math.round((samples[frame * FRAME + i] ?? 0) * 32_768);
          lib.HEAP16[at / 2 + i] = Math.max(-32_768, Math.min(32_767, sample));
        }
        return lib._fvad_process(handle, at, FRAME) === 1 ? 1 : 0;
      });
      lib._fvad_free(handle);
      return found;
    },
  };
}
