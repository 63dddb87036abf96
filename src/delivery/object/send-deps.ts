import { readConfig } from "../../config";
import { guardPolicyOf } from "../../lib/guard-policy";
import { outboundFetchOf } from "../../lib/outbound/deployment";
import { checkUrl } from "../../lib/network-guard";
import { DAY } from "../../lib/time";
import { playbackKey, signPlaybackLink } from "../../recordings";
import type { EndpointConfig, SigningSecret } from "../contract";
import { openSecrets } from "../endpoints";
import type { SendDeps } from "./send";
import { readEventData } from "../../events";

/** How long a recording link works after the attempt that carried it, in milliseconds. */
const LINK_LIFETIME = DAY;

/** Makes the deps of each attempt. Opened secrets are reused until the endpoint's sealed secrets change. */
export type SendDepsOn = {
  contextFor(config: EndpointConfig, gap: SendDeps["gap"], test: boolean): Promise<SendDeps>;
};

type Bindings = Parameters<typeof readConfig>[0] & { BUCKET: R2Bucket };

export function sendDepsOn(env: Bindings): SendDepsOn {
  let known: { sealed: string; opened: readonly SigningSecret[] } | undefined;

  async function secretsOf(config: EndpointConfig): Promise<string[]> {
    if (known?.sealed !== config.secrets) {
      known = {
        sealed: config.secrets,
        opened: await openSecrets(readConfig(env).masterKeys, config.id, config.secrets),
      };
    }
    const now = Date.now();
    return known.opened.filter(({ until }) => until === null || until > now).map(({ value }) => value);
  }

  return {
    contextFor: async (config, gap, test) => ({
      config,
      gap,
      test,
      publicUrl: readConfig(env).publicUrl,
      secrets: await secretsOf(config),
      mint: (recordingId) => mintLink(env, config.organizationId, recordingId),
      readData: (data) => readEventData(env.BUCKET, data),
      blocked: (url) => reasonBlocked(env, url),
      fetch: outboundFetchOf(readConfig(env)),
      now: () => Date.now(),
      random: () => Math.random(),
    }),
  };
}

async function mintLink(env: Bindings, organizationId: string, recordingId: string) {
  const { publicUrl, masterKeys } = readConfig(env);
  const expiresAt = Date.now() + LINK_LIFETIME;
  const signingKey = await playbackKey(masterKeys);
  const url = await signPlaybackLink({ publicUrl, organizationId, recordingId, expiresAt, signingKey });
  return { url, expiresAt: new Date(expiresAt).toISOString() };
}

async function reasonBlocked(env: Bindings, url: string): Promise<string | undefined> {
  const checked = await checkUrl(url, guardPolicyOf(readConfig(env)));
  return checked.ok ? undefined : checked.error.message;
}
