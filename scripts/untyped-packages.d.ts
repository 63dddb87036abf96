// What scripts/packaged-wasm.ts takes from packages that ship no types.
declare module "simple-yenc" {
  export function decode(text: string): Uint8Array<ArrayBuffer>;
}

declare module "*/EmscriptenWasm.js" {
  export default class EmscriptenWasm {
    static readonly wasm: string;
    constructor(common: object);
  }
}
