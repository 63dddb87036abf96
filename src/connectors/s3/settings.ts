import { z } from "zod";
import { campaignMap, filePatterns, folder, naming, processedFolder, refuseInside } from "../rules/schema";
import { sidecar } from "../sidecar/rule";

// A bucket as S3 names it, and as older MinIO and Swift allow: 3 to 255 characters, never a path.
const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{2,254}$/;

/** A region becomes part of the host's name: no sign in it may end that name. */
export const REGION = /^[A-Za-z0-9._-]{1,64}$/;

/** What is set of an S3 connector, beside its keys. Names in snake case; the API also takes those that the seed prints. */
export const s3Settings = z
  .strictObject({
    endpoint: z
      .string()
      .trim()
      .max(500)
      .refine(isRoot, "must be the address of the storage alone, as in https://s3.amazonaws.com")
      .describe("The address of the storage, without the bucket."),
    bucket: z.string().trim().regex(BUCKET, "must be the name of a bucket"),
    region: z.string().trim().regex(REGION, "must be the name of a region, as in us-east-1").default("us-east-1"),
    addressing: z
      .enum(["auto", "path", "virtual"])
      .default("auto")
      .describe("Where the bucket is named: in the path, or in the host. `auto`: in the host at amazonaws.com."),
    import_path: folder.default("").describe("The folder to look into; empty for the whole bucket."),
    processed_path: processedFolder(folder),
    file_patterns: filePatterns,
    naming,
    campaign_map: campaignMap,
    sidecar,
  })
  .superRefine(({ import_path: from, processed_path: to }, context) => refuseInside(from, to, context));

export type S3Settings = z.infer<typeof s3Settings>;

export const s3Credentials = z.strictObject({
  access_key: z.string().trim().min(1).max(256),
  secret_key: z.string().trim().min(1).max(256),
});

function isRoot(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.pathname === "/" && url.search === "" && url.hash === "";
}
