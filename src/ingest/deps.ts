import type { Database } from "../db/client";
import type { MasterKeys } from "../lib/seal";
import type { Clock } from "../lib/time";
import type { Inbox } from "../queues/senders";

/** The rate limits; each says whether this request is still within its own. They count for one Cloudflare location. */
export type Limits = {
  /** Requests of a source whose sender proved who they are. */
  proven(sourceId: string): Promise<boolean>;
  /** Refusals of senders who proved nothing, by who and where (refusal-gate.ts). */
  refused(name: string): Promise<boolean>;
};

/** What taking a request in needs of the world. */
export type IngestDeps = {
  db: Database;
  bucket: R2Bucket;
  inbox: Inbox;
  masterKeys: MasterKeys;
  now: Clock;
  limits: Limits;
  /** Lets work go on behind the answer. Never what the answer depends on. */
  waitUntil(work: Promise<unknown>): void;
  /** Resolves after so many milliseconds. */
  pause(milliseconds: number): Promise<void>;
  /** The address the request was sent to, as its platform has it configured: a proxy may have changed what we see. */
  publicAddressOf(request: Request): string;
  /** Writes one structured line. Never given a secret, a key or a signature. */
  log(line: Record<string, unknown>): void;
};
