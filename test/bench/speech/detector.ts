import { build, type Plugin } from "esbuild";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { PROJECT } from "../../../scripts/wrangler.ts";

/** What is looked at here of all that the engine finds. */
type Found = {
  channels: { channel: number; talkSeconds: number; segments: [number, number][] }[];
  call?: { interruptions: { by: number; atMs: number }[] | null };
};
export type ListenTo = (channels: readonly Float32Array[], sampleRate: number) => Found;

/** The engine's own measuring of decoded sound, bundled as for the Worker. */
export async function loadListener(): Promise<ListenTo> {
  return (await bundled<{ listenTo: ListenTo }>("heard/index.ts")).listenTo;
}

/** A module of test/bench, bundled as for the Worker. */
export async function bundled<Exports>(path: string): Promise<Exports> {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-acoustic-"));
  try {
    const outfile = join(folder, "acoustic.mjs");
    await build({
      entryPoints: [join(PROJECT, "test/bench", path)],
      bundle: true,
      format: "esm",
      platform: "neutral",
      outfile,
      plugins: [compiledWasm],
      logLevel: "error",
    });
    return (await import(pathToFileURL(outfile).href)) as Exports;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A `.wasm` import is a compiled module, as Wrangler makes it. */
const compiledWasm: Plugin = {
  name: "compiled-wasm",
  setup({ onLoad }) {
    onLoad({ filter: /\.wasm$/ }, ({ path }) => {
      const bytes = readFileSync(path).toString("base64");
      return { loader: "js", contents: `export default new WebAssembly.Module(Uint8Array.fromBase64("${bytes}"))` };
    });
  },
};
