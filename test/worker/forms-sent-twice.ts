/** Forms that are answered by a page and not by the way to one, by the reason. */
const PAGES: Record<string, readonly string[]> = {
  "shows a secret, a key or codes this once, which no address may carry": [
    "/calls/:id/original",
    "/settings/api-keys",
    "/settings/api-keys/:id/rotate",
    "/settings/people/invite",
    "/settings/people/invitations/:id/resend",
    "/settings/profile/app/confirm",
    "/settings/profile/passkeys",
    "/settings/profile/recovery-codes",
    "/sources",
    "/sources/:id/key",
    "/webhooks",
    "/webhooks/:id/reveal",
    "/webhooks/:id/rotate",
    "/campaigns/:id/actions/:action",
    "/campaigns/:id/actions/:action/secret",
  ],
  "shows what came of a try, and stores nothing": ["/connectors/:id/test", "/settings/engines/:id/test"],
  "offers the way back of what is gone; sent again, it is gone already": ["/calls/views/:id/remove"],
};

/** Forms that do again what they do, by the reason. */
const AGAIN: Record<string, readonly string[]> = {
  "each wish to erase a caller is kept; the second finds nothing": ["/settings/privacy/callers"],
  "each time that a secret is shown is noted": ["/webhooks/:id/reveal"],
  "each try of a password counts": ["/settings/profile/password"],
  "calls that are not there yet are sent again under their own ids: they are the same calls": ["/samples"],
};

function byPath(reasons: Record<string, readonly string[]>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(reasons).flatMap(([why, paths]) => paths.map((path) => [path, why])));
}

export const ANSWERED_BY_A_PAGE = byPath(PAGES);
export const DONE_AGAIN = byPath(AGAIN);
