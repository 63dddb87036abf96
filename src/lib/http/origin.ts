/** Whether a text is an origin as browsers send it: a scheme, a host, and a port where it is not the usual one. */
export function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text;
}
