// Both packages ship no types; a name the compiler cannot see through keeps it from looking for them.
type Yenc = { decode(text: string): Uint8Array<ArrayBuffer> };
type Emscripten = { default: { new (common: object): unknown; readonly wasm: string } };
const YENC: string = "simple-yenc";
// By path: the package exports only its wrapper, which compiles at run time.
const EMSCRIPTEN: string = "../node_modules/mpg123-decoder/src/EmscriptenWasm.js";

/** libmpg123's module as the locked mpg123-decoder carries it: yEnc in a string, deflated. */
export async function packagedWasm(): Promise<Uint8Array> {
  const { decode } = (await import(YENC)) as Yenc;
  const { default: EmscriptenWasm } = (await import(EMSCRIPTEN)) as Emscripten;
  // The string becomes a static property when the wrapper is first constructed.
  void new EmscriptenWasm({});
  const deflated = new Blob([decode(EmscriptenWasm.wasm)]).stream();
  return new Uint8Array(await new Response(deflated.pipeThrough(new DecompressionStream("deflate-raw"))).arrayBuffer());
}
