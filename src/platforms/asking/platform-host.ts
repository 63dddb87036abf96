/**
 * Whether a platform's credential may go to this address: over https to one of its domains or a host below one, at the
 * usual port, or to the very origin (scheme, host and port) that the source's owner has set in its place. Asked for
 * each hop, so that a redirect to a storage host takes none along.
 */
export function isPlatformUrl(
  url: URL,
  domains: readonly string[],
  own: readonly (string | undefined)[] = [],
): boolean {
  if (own.some((address) => address !== undefined && URL.parse(address)?.origin === url.origin)) return true;
  return (
    url.protocol === "https:" &&
    url.port === "" &&
    domains.some((domain) => url.hostname === domain || url.hostname.endsWith(`.${domain}`))
  );
}
