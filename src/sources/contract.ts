import type { CallFacts } from "../calls";
import type { SourceSettings } from "../db/schema";
import type { Result } from "../lib/result";

/** A request as the sender made it. `body` is the raw bytes: verification is over these, never over parsed JSON. */
export type InboundRequest = { headers: Headers; body: Uint8Array<ArrayBuffer> };

/** What a source is configured with, as the ingest edge keeps it in memory. */
export type SourceConfig = {
  id: string;
  organizationId: string;
  kind: string;
  campaignId: string | null;
  settings: SourceSettings;
  /** Opened secrets, the current one first; two while a rotation is under way. */
  secrets: readonly string[];
  state: "active" | "paused";
};

/** One thing wrong in a body: the field as its sender named it, and what is wrong with it. */
export type FieldError = { field: string; message: string };

/** Why a request is not taken, with the HTTP status its sender gets. */
export type Refusal = { status: 400 | 401 | 413 | 415 | 422; reason: string; message: string; errors?: FieldError[] };

/** What a body means. `ignored` is a good answer to the platform and makes no call. */
export type Reading = { kind: "calls"; facts: CallFacts[] } | { kind: "ignored"; reason: string; message: string };

/** The part of a source's configuration that reading needs. */
export type ReadingConfig = Pick<SourceConfig, "id" | "organizationId" | "settings">;

type Readable = {
  kind: string;
  /** Largest body taken, in bytes. */
  bodyCap: number;
  /** What the bytes say. Called at the edge to answer, and again by the consumer and by replays. Never throws. */
  read(body: Uint8Array<ArrayBuffer>, contentType: string, config: ReadingConfig): Promise<Result<Reading, Refusal>>;
};

/** A platform that proves itself with one of our API keys, on one path shared by all organizations. */
export interface KeyedSource extends Readable {
  authentication: "api_key";
}

/** A platform that signs, on a path of its own per configured source. Pure: bytes, configuration and the clock in. */
export interface SignedSource extends Readable {
  authentication: "signature";
  /** Cheap look at the headers before the body is read, so that noise costs no reading and no HMAC. */
  precheck(headers: Headers, now: number): Result<void, Refusal>;
  /** Whether the request comes from who it says, over the raw bytes, in constant time. */
  verify(request: InboundRequest, config: SourceConfig, now: number): Promise<Result<void, Refusal>>;
}

/** One platform that pushes to us. */
export type Source = KeyedSource | SignedSource;
