import type { HeaderFields } from "../lib/http/header-fields";

/** In bytes. A platform's webhook has one or two kilobytes of headers. */
export const HEADER_CAP = 16_384;

/** Whether the request's headers, names and values, are larger than any real sender's. */
export function exceedsHeaderCap(headers: HeaderFields): boolean {
  let size = 0;
  // Colon, space and line end count four bytes, as on the wire.
  for (const [name, value] of headers) size += name.length + value.length + 4;
  return size > HEADER_CAP;
}
