import { within } from "../deadline";
import { checkUrl, type GuardPolicy } from "../network-guard";
import { err, ok, type Result } from "../result";
import { SECOND } from "../time";
import type { Letter, Mailer } from "./mailer";

const DEADLINE = 10 * SECOND;

export type Provider = { url: string; token: string; from: string };

/**
 * Mail by a provider's HTTPS address, in the one form that docs/operate/people.md describes: a POST of JSON with `from`,
 * `to`, `subject` and `text`, and the token as a bearer token. Any 2xx means that it was taken.
 */
export function providerMailer(provider: Provider, deps: { fetch: typeof fetch; guardPolicy: GuardPolicy }): Mailer {
  return {
    send: async (letter) => {
      const checked = await checkUrl(provider.url, deps.guardPolicy);
      if (!checked.ok) return err(checked.error.message);
      const controller = new AbortController();
      try {
        const answered = await within(DEADLINE, post(checked.value, provider, letter, deps.fetch, controller.signal));
        return answered.expired ? err(`${checked.value.host} did not answer in time`) : answered.value;
      } catch (error) {
        return err(
          `${checked.value.host} could not be reached: ${error instanceof Error ? error.message : "no answer"}`,
        );
      } finally {
        controller.abort();
      }
    },
  };
}

async function post(
  url: URL,
  { token, from }: Provider,
  { to, subject, text }: Letter,
  fetcher: typeof fetch,
  signal: AbortSignal,
): Promise<Result<void, string>> {
  const response = await fetcher(url.href, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}`, "user-agent": "Trunkline" },
    body: JSON.stringify({ from, to: [to], subject, text }),
    redirect: "manual",
    signal,
  });
  return response.ok ? ok(undefined) : err(`${url.host} answered ${response.status}`);
}
