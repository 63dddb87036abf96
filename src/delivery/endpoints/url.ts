import { specialRange } from "../../lib/ip-address";
import { checkUrl, type BlockedUrl, type GuardPolicy } from "../../lib/network-guard";
import { err, ok, type Result } from "../../lib/result";
import type { Problem } from "../templates";

const CREDENTIALS_BELONG =
  "a user name or password may not be part of the URL: send it as a header of the endpoint, " +
  '`"headers": {"Authorization": "Basic <base64 of user:password>"}`, which is shown masked';

const HTTPS_ONLY =
  "the URL must begin with https://; http:// is only for loopback (http://localhost, http://127.0.0.1) on a deployment that allows it";

/** An endpoint's URL in stored form, or the problem with it. Plain http is only for a receiver on the same machine. */
export async function checkEndpointUrl(url: string, policy: GuardPolicy): Promise<Result<string, Problem[]>> {
  const checked = await checkUrl(url, policy);
  if (!checked.ok) return err([{ field: "url", message: messageOf(checked.error) }]);
  const { protocol, hostname, href } = checked.value;
  return protocol === "http:" && !isLoopback(hostname) ? err([{ field: "url", message: HTTPS_ONLY }]) : ok(href);
}

function messageOf({ reason, message }: BlockedUrl): string {
  if (reason === "credentials") return CREDENTIALS_BELONG;
  return reason === "scheme" ? HTTPS_ONLY : message;
}

// RFC 6761: `localhost` always resolves to this machine and `invalid` to nothing, so nothing leaves it unencrypted.
function isLoopback(hostname: string): boolean {
  return specialRange(hostname) === "loopback" || /(?:^|\.)(?:localhost|invalid)\.?$/.test(hostname);
}
