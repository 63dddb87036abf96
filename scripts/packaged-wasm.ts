/// <reference path="./untyped-packages.d.ts" />
import { decode } from "simple-yenc";
// By path: the package exports only its wrapper, which compiles at run time.
import EmscriptenWasm from "../node_modules/mpg123-decoder/src/EmscriptenWasm.js";

/** libmpg123's module as the locked mpg123-decoder carries it: yEnc in a string, deflated. */
export async function packagedWasm(): Promise<Uint8Array> {
  // The string becomes a static property when the wrapper is first constructed.
  void new EmscriptenWasm({});
  const deflated = new Blob([decode(EmscriptenWasm.wasm)]).stream();
  return new Uint8Array(await new Response(deflated.pipeThrough(new DecompressionStream("deflate-raw"))).arrayBuffer());
}
