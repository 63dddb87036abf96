const ADDRESS = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)([^#]*)/i;

/** The parts of an http address as written. `rest` is path and query, including a lone `?`. */
export type AddressParts = { scheme: string; host: string; port: string; rest: string };

/**
 * Splits an address without parsing it as a URL, which would rewrite `'`, an empty query, a port or dots in a path: a
 * sender signs the text. User and fragment are left out, because they are never sent. Undefined when there is no host.
 */
export function splitAddress(address: string): AddressParts | undefined {
  const [, scheme, authority = "", rest = ""] = ADDRESS.exec(address) ?? [];
  if (scheme === undefined || authority === "") return undefined;
  const place = authority.slice(authority.lastIndexOf("@") + 1);
  // The colon before a port comes after the bracket of an IPv6 address.
  const colon = place.indexOf(":", place.lastIndexOf("]") + 1);
  const [host, port] = colon < 0 ? [place, ""] : [place.slice(0, colon), place.slice(colon)];
  return { scheme, host, port, rest };
}

/**
 * The address of a request as its sender used it: with `publicOrigin`, where configured, in place of the host seen
 * here.
 */
export function addressAskedFor(address: string, publicOrigin: string): string {
  const parts = splitAddress(address);
  if (parts === undefined) return address;
  const origin = publicOrigin === "" ? `${parts.scheme}${parts.host}${parts.port}` : publicOrigin;
  return `${origin}${parts.rest}`;
}
