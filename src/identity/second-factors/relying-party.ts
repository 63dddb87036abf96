/** What passkeys are made for. A passkey works at this host only, for ever. */
export type RelyingParty = { id: string; origin: string };

const THIS_MACHINE = /^(?:127(?:\.\d+){3}|\[::1\])$/;
const ADDRESS = /^(?:\d+(?:\.\d+){3}|\[.*\])$/;

/**
 * The relying party of a deployment: the host of PUBLIC_URL. On the machine itself it is `localhost`, where the pages
 * are, because a passkey needs a name. Undefined where the deployment has an address only: it has no passkeys.
 */
export function relyingPartyOf(publicUrl: string): RelyingParty | undefined {
  const url = URL.canParse(publicUrl) ? new URL(publicUrl) : undefined;
  if (!url) return undefined;
  if (THIS_MACHINE.test(url.hostname)) url.hostname = "localhost";
  if (ADDRESS.test(url.hostname)) return undefined;
  return { id: url.hostname, origin: url.origin };
}
