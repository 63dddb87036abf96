const ADDRESS = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)([^#]*)/i;

/** An http address in the pieces it was written in. `rest` is path and query, a lone `?` included. */
export type AddressParts = { scheme: string; host: string; port: string; rest: string };

/**
 * Takes an address apart without reading it as a URL, which would write `'`, an empty query, a port or dots in a path its own
 * way: what a sender signed is the text. A user and a fragment are left out: neither is sent. Undefined for what has no host.
 */
export function splitAddress(address: string): AddressParts | undefined {
  const [, scheme, authority = "", rest = ""] = ADDRESS.exec(address) ?? [];
  if (scheme === undefined || authority === "") return undefined;
  const place = authority.slice(authority.lastIndexOf("@") + 1);
  // The port's colon stands behind the bracket of an IPv6 address.
  const colon = place.indexOf(":", place.lastIndexOf("]") + 1);
  const [host, port] = colon < 0 ? [place, ""] : [place.slice(0, colon), place.slice(colon)];
  return { scheme, host, port, rest };
}

/** The address of a request as it was asked for; at `publicOrigin`, where one is configured, in place of the host we see. */
export function addressAskedFor(address: string, publicOrigin: string): string {
  const parts = splitAddress(address);
  if (parts === undefined) return address;
  const origin = publicOrigin === "" ? `${parts.scheme}${parts.host}${parts.port}` : publicOrigin;
  return `${origin}${parts.rest}`;
}
