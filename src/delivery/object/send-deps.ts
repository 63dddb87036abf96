import { readConfig } from "../../config";
import { guardPolicyOf } from "../../lib/guard-policy";
import { outboundFetchOf } from "../../lib/outbound/deployment";
import { checkUrl } from "../../lib/network-guard";
import { PLAYBACK_LINK_LIFETIME, playbackKey, signPlaybackLink } from "../../recordings";
import type { EndpointConfig, SigningSecret } from "../contract";
import { openHeaders, openSecrets } from "../endpoints";
import { timeOfId } from "../../lib/id";
import { REPORT_LINK_LIFETIME, signReportLink } from "../../lib/report-link";
import { HOUR } from "../../lib/time";
import { isSigningKey } from "../profiles";
import type { SendDeps } from "./send";
import { readEventData } from "../../events";

/** Makes the deps of each attempt. What was opened is reused until the endpoint's configuration changes. */
export type SendDepsOn = {
  contextFor(config: EndpointConfig, gap: SendDeps["gap"], test: boolean): Promise<SendDeps>;
};

type Bindings = Parameters<typeof readConfig>[0] & { BUCKET: R2Bucket };

export function sendDepsOn(env: Bindings): SendDepsOn {
  let known: { sealed: string; opened: readonly SigningSecret[] } | undefined;

  async function secretsOf(config: EndpointConfig): Promise<Pick<SendDeps, "secrets" | "secretSince">> {
    if (known?.sealed !== config.secrets) {
      known = {
        sealed: config.secrets,
        opened: await openSecrets(readConfig(env).masterKeys, config.id, config.secrets),
      };
    }
    const now = Date.now();
    const current = known.opened.find(({ until, value }) => until === null && !isSigningKey(value));
    return {
      secrets: known.opened.filter(({ until }) => until === null || until > now).map(({ value }) => value),
      ...(current?.since === undefined || isFirst(config, current.since) ? {} : { secretSince: current.since }),
    };
  }

  // Nothing was replaced by the secret that an endpoint was made with, or by one within the same hour.
  function isFirst({ id }: EndpointConfig, since: number): boolean {
    return since - timeOfId(id) < HOUR;
  }

  const opened = new WeakMap<EndpointConfig, Promise<Record<string, string>>>();
  function headersOf(config: EndpointConfig): Promise<Record<string, string>> {
    const headers = opened.get(config) ?? openHeaders(readConfig(env).masterKeys, config.id, config.headers);
    opened.set(config, headers);
    return headers;
  }

  return {
    contextFor: async (config, gap, test) => ({
      config,
      gap,
      test,
      publicUrl: readConfig(env).publicUrl,
      ...(await secretsOf(config)),
      headers: await headersOf(config),
      mint: (recordingId) => mintLink(env, config.organizationId, recordingId),
      mintReport: (runId) => mintReportLink(env, config.organizationId, runId),
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
  const expiresAt = Date.now() + PLAYBACK_LINK_LIFETIME;
  const signingKey = await playbackKey(masterKeys);
  const url = await signPlaybackLink({ publicUrl, organizationId, recordingId, expiresAt, signingKey });
  return { url, expiresAt: new Date(expiresAt).toISOString() };
}

async function mintReportLink(env: Bindings, organizationId: string, runId: string) {
  const expiresAt = Date.now() + REPORT_LINK_LIFETIME;
  const url = await signReportLink({ organizationId, runId, expiresAt }, readConfig(env));
  return { url, expiresAt: new Date(expiresAt).toISOString() };
}

async function reasonBlocked(env: Bindings, url: string): Promise<string | undefined> {
  const checked = await checkUrl(url, guardPolicyOf(readConfig(env)));
  return checked.ok ? undefined : checked.error.message;
}
