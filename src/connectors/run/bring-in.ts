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
  tags: readonly string[];
  mediaType: string | null;
  /** The length of its bytes, where it is known. */
  length?: number | null;
  body: AudioBody;
};

/**
 * Brings a file in on the way of uploads: its bytes to the bucket, its call into the inbound log. Done twice, it is one
 * call. `later`: it broke off, and another try may succeed. `source`: its source is no more. Given by whoever knows both.
 */
export type BringIn = (
  file: FetchedFile,
) => Promise<Result<BroughtCall, { kind: "refused" | "later" | "source"; code: ProblemCode; detail: string }>>;

/** The call that a file became, by the id it has in its source. `isKnown`: it was brought in before. */
export type BroughtCall = { callId: string; externalId: string; isKnown: boolean };

/** What became known of a call after its file was brought in. `campaignId`: null where that says nothing of a campaign. */
export type LaterFacts = Pick<FetchedFile, "organizationId" | "sourceId" | "externalId" | "fields" | "tags"> & {
  campaignId: string | null;
};

/** Adds such facts to a call: they count more than what was known of it, and less than what a person chose. */
export type TellMore = (facts: LaterFacts) => Promise<Result<void, { code: ProblemCode; detail: string }>>;
