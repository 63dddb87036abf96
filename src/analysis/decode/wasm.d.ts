// Wrangler and the test pool compile a .wasm import; workerd compiles none at run time.
declare module "*.wasm" {
  const compiled: WebAssembly.Module;
  export default compiled;
}

// JavaScript Promise Integration, which not every runtime has: an import may wait, and so may the export that called it.
declare namespace WebAssembly {
  const Suspending: undefined | (new (wait: (...values: never[]) => unknown) => ImportValue);
  const promising: undefined | (<A extends unknown[], R>(run: (...values: A) => R) => (...values: A) => Promise<R>);
}
