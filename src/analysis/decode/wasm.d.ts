// Wrangler and the test pool compile a .wasm import; workerd compiles none at run time.
declare module "*.wasm" {
  const compiled: WebAssembly.Module;
  export default compiled;
}
