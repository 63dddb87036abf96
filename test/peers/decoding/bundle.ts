import { readFileSync } from "node:fs";
import { build } from "esbuild";
import type { Decode } from "./decoder.ts";

const ANALYSIS = `${import.meta.dirname}/../../../src/analysis`;

/** The Worker's decoder, to be run in Node. */
export async function bundledDecoder(): Promise<Decode> {
  return (await bundled<{ decodeRecording: Decode }>("decode/decode-recording.ts")).decodeRecording;
}

/** A file of the analysis as a module of Node: a bundle whose WebAssembly modules are compiled from their files. */
export async function bundled<Module>(file: string): Promise<Module> {
  const { outputFiles } = await build({
    entryPoints: [`${ANALYSIS}/${file}`],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    plugins: [
      {
        name: "wasm",
        setup(bundler) {
          bundler.onLoad({ filter: /\.wasm$/ }, ({ path }) => ({
            contents: `export default new WebAssembly.Module(Buffer.from(${JSON.stringify(readFileSync(path).toString("base64"))}, "base64"));`,
          }));
        },
      },
    ],
  });
  const url = `data:text/javascript;base64,${Buffer.from(outputFiles[0]!.contents).toString("base64")}`;
  return (await import(url)) as Module;
}
