/** What the path of a notice names; `path` is as the log keeps it. */
export type NoticePath = { path: string; kind: string; sourceId: string | undefined };

const HEALTH = "health";
// Only what no parsing of a URL would change, so that this path and the router's are the same text.
const NOTICE = /^https?:\/\/[^/?#\s]+(\/webhook\/([a-z0-9_-]+)(?:\/|\/([\w-]+)\/?)?)(?:\?|$)/;

/**
 * Reads the address of a plain notice: a platform and, at most, a source. Undefined for whatever is not plainly one.
 */
export function readNoticePath(url: string): NoticePath | undefined {
  const [, path, kind, sourceId] = NOTICE.exec(url) ?? [];
  if (path === undefined || kind === undefined || sourceId === HEALTH) return undefined;
  return { path, kind, sourceId };
}
