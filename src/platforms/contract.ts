import type { HeaderFields } from "../lib/http/header-fields";
import type { z } from "zod";
import type { CallFacts } from "../calls";
import type { GuardPolicy } from "../lib/network-guard";
import type { Result } from "../lib/result";
import type { Clock } from "../lib/time";
import type { AudioAccess } from "../recordings";
import type { ExampleContext } from "./example";
import type { Guide, GuideContext } from "./guide";
import type { CommonSettings } from "./settings";

/*
 * What a platform is. Each has a folder with these files, as far as it needs them (a test knows the list):
 *
 * - `index.ts`: the platform itself, an object of one of the types below, and nothing else.
 * - `settings.ts`: what may be set on a source of it, and its credentials.
 * - `verify.ts`: whether a request comes from it: `precheck`, `verify`, `handshake`, and its rule for secrets.
 * - `read.ts`: bytes into a payload (zod or `Fields`), and what of it makes a call: `read`, `readListed`.
 * - `map.ts`: a payload into `CallFacts`.
 * - `access.ts`: how its recordings are fetched.
 * - `pull.ts`: how it is asked which calls there were: `list`, `one`.
 * - `guide.ts`: what its owner sets up on its side.
 * - `example.ts`: a notice to try or to send as a sample, and how one that a person wrote becomes a body.
 *
 * A role too large for one file has others beside it, `map-recordings.ts`, each named after its role. What several
 * platforms need is in `proof/`, `reading/`, `asking/` and `mapping/`.
 */

/**
 * A request as the sender made it. `body` is the raw bytes: verification is over these, never over parsed JSON. `url`
 * is the address as the platform has it configured (our public origin, path and query), which some platforms sign.
 */
export type InboundRequest = { url: string; headers: HeaderFields; body: Uint8Array<ArrayBuffer> };

/** What a source is configured with, as the ingest edge keeps it in memory. */
export type SourceConfig<S extends CommonSettings = CommonSettings> = {
  id: string;
  organizationId: string;
  kind: string;
  campaignId: string | null;
  settings: S;
  /** Opened secrets, the current one first; two while a rotation is under way. */
  secrets: readonly string[];
  state: "active" | "paused";
};

/** One thing wrong in a body: the field as its sender named it, and what is wrong with it. */
export type FieldError = { field: string; message: string; pointer?: string; code?: string };

/** Why a request is not taken, with the HTTP status its sender gets. */
export type Refusal = { status: 400 | 401 | 413 | 415 | 422; reason: string; message: string; errors?: FieldError[] };

/** What a body means. `ignored` is a good answer to the platform and makes no call. */
export type Reading = { kind: "calls"; facts: CallFacts[] } | { kind: "ignored"; reason: string; message: string };

/** The part of a source's configuration that reading needs. */
export type ReadingConfig<S extends CommonSettings = CommonSettings> = Pick<
  SourceConfig<S>,
  "id" | "organizationId" | "settings"
>;

/**
 * Reads bytes into call facts. Called at the edge to answer, and again by the consumer and by replays. Never throws.
 */
export type Reader<S extends CommonSettings = CommonSettings> = (
  body: Uint8Array<ArrayBuffer>,
  contentType: string,
  config: ReadingConfig<S>,
) => Promise<Result<Reading, Refusal>>;

/** The answer to a platform that asks whether we are there, before it sends anything. */
export type Handshake = {
  /** Whether the question itself proved who asks. */
  proven: boolean;
  reply: { status: number; headers?: Record<string, string>; body: string };
};

/** What proves a sender: how its owner knows it, and who makes it up. */
export type SecretRule = {
  /** The platform's own word for it: "Auth Token", "Secret Token". */
  name: string;
  /** `platform`: it must be given to us. `either`: we make one when none is given, to be pasted into the platform. */
  origin: "platform" | "either";
  /** What is wrong with a secret its owner brings, or undefined. */
  problem(secret: string, settings?: Readonly<Record<string, unknown>>): string | undefined;
  /** A fresh one for a source of these settings, where `origin` is `either`. */
  mint?(settings?: Readonly<Record<string, unknown>>): string;
};

/** What asking a platform needs: its source's configuration with the opened credentials (null where none are set). */
export type AccessConfig<S extends CommonSettings = CommonSettings> = SourceConfig<S> & {
  credentials: Readonly<Record<string, string>> | null;
};

/** The world, as arguments. Every URL a tenant can influence passes the guard before it is fetched. */
export type AccessDeps = { fetch: typeof fetch; now: Clock; guardPolicy: GuardPolicy };

/**
 * One call of a platform's own list. `body` is the entry as JSON, for `readListed`; `externalId` as `readListed` gives
 * it.
 */
export type ListedCall = { externalId: string; startedAt: number; body: string };

/** Why a platform did not answer. `refused`: asking again will not help (credentials). Delay in milliseconds. */
export type PullFailure = { kind: "not_ready" | "refused"; reason: string; retryAfter: number | null };

/** A platform that can be asked which calls there were. */
export type Pull<S extends CommonSettings = CommonSettings> = {
  /** A setting without which its list cannot be compared with our calls: nothing is asked until it is set. */
  needs?: string;
  /** The calls that began in the span (milliseconds, until not included), a page at a time; `cursor` null: no more. */
  list(
    span: { from: number; until: number },
    cursor: string | null,
    config: AccessConfig<S>,
    deps: AccessDeps,
  ): Promise<Result<{ calls: ListedCall[]; cursor: string | null }, PullFailure>>;
  /** One call by its external id; undefined when the platform knows none. For notices that lack facts. */
  one?(
    externalId: string,
    config: AccessConfig<S>,
    deps: AccessDeps,
  ): Promise<Result<ListedCall | undefined, PullFailure>>;
  /** Reads a listed entry as `read` reads a notice. */
  readListed: Reader<S>;
};

type PlatformCommon<S extends CommonSettings> = {
  kind: string;
  /** As people know it. */
  title: string;
  /** Largest body taken, in bytes. */
  bodyCap: number;
  /** How it may send a notice; POST alone where it is absent. */
  methods?: readonly ("POST" | "PUT")[];
  /** What may be set on a source of this platform: the common settings and its own. */
  settings: z.ZodObject & z.ZodType<S>;
  /** What lets us ask the platform; absent where there is nothing to ask. Every value is a string. */
  credentials?: z.ZodObject & z.ZodType<Record<string, string | undefined>>;
  read: Reader<S>;
  /**
   * Where a notice in JSON says which event it is about: a path as SQLite's `json_extract` takes it. Absent where notices
   * name none, or are not JSON.
   */
  eventAt?: `$.${string}`;
  /**
   * How its recordings are fetched: which host gets which credential, and which reply holds the link. Asked for each
   * hop, so nothing is sent to a host that is not the platform's. Absent: links are public and need nothing.
   * `recording` is as the facts named it, for platforms that are asked about it once its link has expired.
   */
  recordingAccess?(config: AccessConfig<S>, deps: AccessDeps, recording: { externalId: string }): AudioAccess;
  pull?: Pull<S>;
  /** What to set up on the platform's side, for this very source. */
  guide(context: GuideContext<S>): Guide;
  /**
   * A notice of an answered call that has just ended, as this platform writes it, for a person to try and to send: of an id
   * that no other has, and with no link that somebody else's server would be asked for. "" where the source's settings do
   * not say how one looks. Absent where no notices come.
   */
  example?(context: ExampleContext<S>): string;
  /** The body that a notice stands for which a person wrote, where it is not that text: Dialpad's are tokens. */
  bodyOf?(text: string): string;
};

/**
 * A platform that proves itself with one of our API keys. `sharedPath`: it may post to `/webhook/{kind}/` without
 * naming a source; the organization then has one with a derived id, made by its first call.
 */
export interface KeyedPlatform<S extends CommonSettings = CommonSettings> extends PlatformCommon<S> {
  authentication: "api_key";
  sharedPath: boolean;
  /** Whether each notice names the number of its campaign, so that a source has none. */
  namesCampaign: boolean;
  /** What its key must be allowed to do, and no more than that: a key without `scopes` may do everything. */
  keyScopes: readonly ("notices:write" | "uploads:write")[];
  /** False where calls come as uploads only (`/v1/uploads`): nothing is mounted for it. */
  webhook?: false;
}

/** A platform that proves itself by a signature or token of its own. Pure: bytes, configuration and the clock in. */
export interface SignedPlatform<S extends CommonSettings = CommonSettings> extends PlatformCommon<S> {
  authentication: "signature";
  secret: SecretRule;
  /** Cheap look at the headers before the source is looked up and the body read: noise costs no reading and no HMAC. */
  precheck(headers: HeaderFields, now: number): Result<void, Refusal>;
  /** Whether the request comes from its claimed sender, over the raw bytes, in constant time. */
  verify(request: InboundRequest, config: SourceConfig<S>, now: number): Promise<Result<void, Refusal>>;
  /** Whether the request is a handshake (`precheck` lets it pass) and what to answer; undefined for a notice. */
  handshake?(
    request: InboundRequest,
    config: SourceConfig<S>,
    now: number,
  ): Promise<Result<Handshake, Refusal> | undefined>;
}

/** One platform that pushes to us. */
export type Platform<S extends CommonSettings = CommonSettings> = KeyedPlatform<S> | SignedPlatform<S>;
