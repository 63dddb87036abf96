import type { OfferedEngines, WorkersAi } from "./analysis";
import { readConfig, type Config } from "./config";
import type { Database } from "./db/client";
import { openBothHomes } from "./db/homes";
import { endpointObjects, eventStreams, withPatience, type EndpointObjects, type EventStreams } from "./delivery";
import { within } from "./lib/deadline";
import { guardPolicyOf } from "./lib/guard-policy";
import { cloudflareMailer, providerMailer, type Mailer } from "./lib/mail";
import type { GuardPolicy } from "./lib/network-guard";
import { openSocket } from "./lib/outbound/socket";
import { outboundFetchOf } from "./lib/outbound/deployment";
import type { MasterKeys } from "./lib/seal";
import type { Clock } from "./lib/time";
import { rateLimits } from "./ingest/rate-limits";
import { inboxOn } from "./queues/inbox";
import type { SampleAudio } from "./samples";
import { nudgesOn, type Nudges, type OpenInbox } from "./queues/senders";

/** The deps of all functions. Each function declares the part it needs; pages, routes and jobs pass the whole. */
export type Deps = {
  config: Config;
  masterKeys: MasterKeys;
  guardPolicy: GuardPolicy;
  db: Database;
  bucket: R2Bucket;
  /** The search database; null where the deployment has none. */
  search: D1Database | null;
  inbox: OpenInbox;
  nudges: Nudges;
  endpointObjects: EndpointObjects;
  eventStreams: EventStreams;
  fetch: typeof fetch;
  /** A plain connection, for what is no HTTP. */
  connect: typeof openSocket;
  /** The engines that the deployment has for all of its organizations. */
  offeredEngines: OfferedEngines;
  /** Null where the deployment sends no mail. */
  mailer: Mailer | null;
  /** A recording of the samples that come with this deployment; null where it lacks them. */
  sampleAudio(name: SampleAudio): Promise<Uint8Array | null>;
  /** Whether a source may be sent one more notice this minute. */
  sourceLimit(sourceId: string): Promise<boolean>;
  now: Clock;
  /** Resolves after this many milliseconds. */
  pause(milliseconds: number): Promise<void>;
  /** In [0, 1). */
  random(): number;
  /** A token that no other attempt has. */
  newWriter(): string;
};

// No deps hold state of a request, and an isolate's environment does not change.
const built = new WeakMap<Env, Deps>();

/** The deps of this deployment, built once per environment. Throws, naming what is wrong, when it is not configured. */
export function depsOf(env: Env): Deps {
  const known = built.get(env);
  if (known) return known;
  const config = readConfig(env);
  const deps: Deps = {
    config,
    masterKeys: config.masterKeys,
    guardPolicy: guardPolicyOf(config),
    db: openBothHomes(env),
    bucket: env.BUCKET,
    search: (env as Partial<Env>).SEARCH ?? null,
    inbox: inboxOn(env, config.inbox),
    nudges: nudgesOn(env),
    eventStreams: eventStreams(env.STREAMS, within),
    endpointObjects: withPatience(endpointObjects(env.ENDPOINTS), within),
    fetch: outboundFetchOf(config),
    connect: openSocket,
    offeredEngines: { transcribeUrl: config.transcribeUrl, ai: aiOf(env) },
    mailer: mailerOf(env, config),
    sampleAudio: async (name) => {
      const found = await env.ASSETS.fetch(`https://assets.invalid/samples/${name}.mp3`);
      return found.ok ? new Uint8Array(await found.arrayBuffer()) : null;
    },
    sourceLimit: (sourceId) => rateLimits(env).proven(sourceId),
    now: () => Date.now(),
    pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    random: () => Math.random(),
    newWriter: () => crypto.randomUUID(),
  };
  built.set(env, deps);
  return deps;
}

/** Cloudflare's models, where the deployment has the binding: `npm run deploy -- --workers-ai`. */
function aiOf({ AI }: Env & { AI?: WorkersAi }): WorkersAi | null {
  return AI ?? null;
}

/** The deployment's mailer: by a provider where one is configured, else by the binding EMAIL. */
function mailerOf(env: Env & { EMAIL?: SendEmail }, config: Config): Mailer | null {
  const { mail } = config;
  if (!mail) return null;
  const deps = { fetch: outboundFetchOf(config), guardPolicy: guardPolicyOf(config) };
  if (mail.provider) return providerMailer({ ...mail.provider, from: mail.from }, deps);
  return env.EMAIL ? cloudflareMailer(env.EMAIL, mail.from) : null;
}
