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

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/i;

/**
 * The address of a request as it was asked for; at `publicOrigin`, where one is configured, in place of the host we
 * see. A loopback one is what `npm start` says where nothing is configured: this machine has several such names, and
 * each is good.
 */
export function addressAskedFor(address: string, publicOrigin: string): string {
  const parts = splitAddress(address);
  if (parts === undefined) return address;
  const isPublic = publicOrigin !== "" && !LOOPBACK.test(splitAddress(publicOrigin)?.host ?? "");
  const origin = isPublic ? publicOrigin : `${parts.scheme}${parts.host}${parts.port}`;
  return `${origin}${parts.rest}`;
}
