// Writes src/analysis/decode/mpg123.wasm from the locked mpg123-decoder package: `node scripts/extract-wasm.ts`.
// workerd compiles no WebAssembly at run time, so the module has to be a file that wrangler can see.
import { writeFileSync } from "node:fs";
import { packagedWasm } from "./packaged-wasm.ts";

const file = `${import.meta.dirname}/../src/analysis/decode/mpg123.wasm`;
const bytes = await packagedWasm();
writeFileSync(file, bytes);
console.log(`${file}: ${bytes.length} bytes`);
