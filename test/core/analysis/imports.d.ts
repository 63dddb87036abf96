// Vite hands these over as data URLs: the only way to file bytes in the Workers pool, which has no file system.
declare module "*?inline" {
  const dataUrl: string;
  export default dataUrl;
}

declare module "*?url&inline" {
  const dataUrl: string;
  export default dataUrl;
}

declare module "*?raw" {
  const text: string;
  export default text;
}
