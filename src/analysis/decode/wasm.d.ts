// Wrangler and the test pool hand a .wasm import over compiled; workerd compiles none at run time.
declare module "*.wasm" {
  const compiled: WebAssembly.Module;
  export default compiled;
}
