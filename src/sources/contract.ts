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

/** Why a request is not taken, with the HTTP status its sender gets. `fields` names what is wrong in the body. */
export type Refusal = { status: 400 | 401 | 413 | 415 | 422; reason: string; message: string; fields?: string[] };

/** What a body means. `ignored` is a good answer to the platform and makes no call. */
export type Reading = { kind: "calls"; facts: CallFacts[] } | { kind: "ignored"; reason: string; message: string };

/** One platform that pushes to us. Pure: bytes, configuration and the clock in; a value out. */
export interface Source {
  kind: string;
  /** Largest body taken, in bytes. */
  bodyCap: number;
  /** Cheap look at the headers before the body is read, so that noise costs no reading and no HMAC. */
  precheck(headers: Headers, now: number): Result<void, Refusal>;
  /** Whether the request comes from who it says, over the raw bytes, in constant time. */
  verify(request: InboundRequest, config: SourceConfig, now: number): Promise<Result<void, Refusal>>;
  /** What the bytes say. Called at the edge to answer, and again by the consumer and by replays. */
  read(body: Uint8Array<ArrayBuffer>, contentType: string, config: ReadingConfig): Promise<Result<Reading, Refusal>>;
}

/** The part of a source's configuration that reading needs. */
export type ReadingConfig = Pick<SourceConfig, "id" | "organizationId" | "settings">;
