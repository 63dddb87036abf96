// Writes src/analysis/decode/mpg123.wasm from the locked mpg123-decoder package: `node scripts/extract-wasm.ts`.
// workerd compiles no WebAssembly at run time, so the module has to be a file that wrangler can see.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { inflateRawSync } from "node:zlib";
import { decode } from "simple-yenc";
// By path: the package exports only its wrapper, which compiles at run time.
import EmscriptenWasm from "../node_modules/mpg123-decoder/src/EmscriptenWasm.js";

/** The module's bytes, as the package carries them: yEnc in a string, deflated. */
export function packagedWasm(): Uint8Array {
  // The string becomes a static property when the wrapper is first constructed.
  new EmscriptenWasm({});
  return inflateRawSync(decode(EmscriptenWasm.wasm));
}

export const WASM_FILE = fileURLToPath(new URL("../src/analysis/decode/mpg123.wasm", import.meta.url));

if (import.meta.main) {
  const bytes = packagedWasm();
  writeFileSync(WASM_FILE, bytes);
  console.log(`${WASM_FILE}: ${bytes.length} bytes`);
}
