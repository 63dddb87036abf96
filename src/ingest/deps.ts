import type { Database } from "../db/client";
import type { GuardPolicy } from "../lib/network-guard";
import type { MasterKeys } from "../lib/seal";
import type { Clock } from "../lib/time";
import type { Inbox } from "../queues/senders";

/** The rate limits. Each gives whether this request is within its limit. They count per Cloudflare location. */
export type Limits = {
  /** Requests of a source from verified senders. */
  proven(sourceId: string): Promise<boolean>;
  /** Refusals of unverified senders, by gate name (refusal-gate.ts). */
  refused(name: string): Promise<boolean>;
};

/** The deps of ingest. */
export type IngestDeps = {
  db: Database;
  bucket: R2Bucket;
  inbox: Inbox;
  masterKeys: MasterKeys;
  /** Of the question to an issuer of tokens for its keys: the only request of ingest to somebody else. */
  guardPolicy: GuardPolicy;
  fetch: typeof fetch;
  now: Clock;
  limits: Limits;
  /** Continues work after the answer was sent. Never for work that the answer depends on. */
  waitUntil(work: Promise<unknown>): void;
  /** Resolves after this many milliseconds. */
  pause(milliseconds: number): Promise<void>;
  /** The address the request was sent to, as configured in the platform. A proxy may have changed the one seen here. */
  publicAddressOf(request: Request): string;
  /** Writes one structured log line. Never pass it a secret, a key or a signature. */
  log(line: Record<string, unknown>): void;
};
