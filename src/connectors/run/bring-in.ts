import type { Result } from "../../lib/result";
import type { AudioBody } from "../../recordings";
import type { ProblemCode } from "../problems";

/** A file that comes out of a storage, and the call it is of. `fields`: what its name gives, as uploads name them. */
export type FetchedFile = {
  organizationId: string;
  sourceId: string;
  campaignId: string;
  /** The same however often the file is brought in. */
  uploadId: string;
  externalId: string;
  fileName: string;
  path: string;
  fields: ReadonlyMap<string, string>;
  mediaType: string | null;
  body: AudioBody;
};

/**
 * Brings a file in on the way of uploads: its bytes to the bucket, its call into the inbound log. Done twice, it is one
 * call. `later`: it broke off, and another try may succeed. `source`: its source is no more. Given by whoever knows both.
 */
export type BringIn = (
  file: FetchedFile,
) => Promise<Result<{ callId: string }, { kind: "refused" | "later" | "source"; code: ProblemCode; detail: string }>>;
