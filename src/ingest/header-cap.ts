/** A platform's webhook carries a kilobyte of headers or two. */
export const HEADER_CAP = 16_384;

/** Whether the request's headers, names and values, are more than anyone honest sends. */
export function exceedsHeaderCap(headers: Headers): boolean {
  let size = 0;
  // Colon, space and line end count four, as they do on the wire.
  for (const [name, value] of headers) size += name.length + value.length + 4;
  return size > HEADER_CAP;
}
