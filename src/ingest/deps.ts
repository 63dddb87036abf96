import type { Database } from "../db/client";
import type { MasterKeys } from "../lib/seal";
import type { Clock } from "../lib/time";
import type { Inbox } from "../queues/senders";

/** What taking a request in needs of the world. */
export type IngestDeps = {
  db: Database;
  bucket: R2Bucket;
  inbox: Inbox;
  masterKeys: MasterKeys;
  now: Clock;
  /** The address the request was sent to, as its platform has it configured: a proxy may have changed what we see. */
  publicAddressOf(request: Request): string;
  /** Writes one structured line. Never given a secret, a key or a signature. */
  log(line: Record<string, unknown>): void;
};
