/** The browser's cookie of a session. Its prefix keeps it to this host, to https (and localhost), and from scripts. */
export const SESSION_COOKIE = "__Host-session";
/** The ticket for the second step of a sign-in. */
export const SECOND_STEP_COOKIE = "__Host-second-step";

/** Shows that its person signed in with this browser before. */
export const BROWSER_COOKIE = "__Host-browser";

/** Where a sign-in leads: the page that asked for it. */
export const DESTINATION_COOKIE = "__Host-destination";

/** The value of a cookie of a request. */
export function cookieIn(headers: { get(name: string): string | null }, name: string): string | undefined {
  for (const part of (headers.get("cookie") ?? "").split(";")) {
    const [found, value] = part.trim().split("=", 2);
    if (found === name && value) return value;
  }
  return undefined;
}

/** `Set-Cookie` for a cookie that lasts so many seconds; 0 removes it. */
export function cookieFor(name: string, value: string, seconds: number): string {
  return `${name}=${value}; Path=/; Max-Age=${seconds}; Secure; HttpOnly; SameSite=Lax`;
}

/**
 * Whether a browser says that its own page of ours sent this. Unlike `isFromOurselves` it takes no silence for it: what
 * was sent is going to be shown to the person, to be sent once more.
 */
export function isSurelyOurs(request: Request): boolean {
  const site = request.headers.get("sec-fetch-site");
  return site === null ? request.headers.get("origin") === new URL(request.url).origin : site === "same-origin";
}

/**
 * Whether a request that changes something comes from our own pages. Browsers say so in `Sec-Fetch-Site`, old ones in
 * `Origin`; what says neither is no browser, and carries no one's cookies but its own.
 */
export function isFromOurselves(request: Request): boolean {
  const site = request.headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin" || site === "none";
  const origin = request.headers.get("origin");
  return origin === null || origin === new URL(request.url).origin;
}
