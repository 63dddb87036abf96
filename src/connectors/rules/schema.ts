import { z } from "zod";
import { isNaming } from "./naming";

/** A folder as people write it: `/incoming/`, `incoming`. Kept as `incoming/`, and "" for the root. */
export const folder = z
  .string()
  .trim()
  .max(500)
  .transform((text) => text.replace(/^\/+/, "").replace(/\/*$/, "/").replace(/^\/$/, ""))
  .refine((text) => !text.split("/").some((part) => part === "." || part === ".."), "must not lead out of its folder");

/** Where files are moved to once they are taken in, as a folder of this form. */
export function processedFolder(form: z.ZodType<string, string>) {
  return form
    .refine((path) => path !== "", "must be a folder")
    .nullable()
    .default(null)
    .describe("The folder that files are moved to once they are taken in; null leaves them where they are.");
}

/** Says what is wrong where files would be moved to where they are looked for. Both paths end with a slash, or are empty. */
export function refuseInside(from: string, to: string | null, context: z.RefinementCtx): void {
  if (to === null || !to.startsWith(from)) return;
  const message = "must not be the import path, or lie inside it: files would be found again";
  context.addIssue({ code: "custom", path: ["processed_path"], message });
}

const PATTERN = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .refine((text) => !text.includes("/"), "is compared with the name of a file, without its folder");

export const DEFAULT_PATTERNS = ["*.mp3", "*.wav", "*.m4a"];

export const filePatterns = z
  .array(PATTERN)
  .min(1)
  .max(50)
  .default(DEFAULT_PATTERNS)
  .describe("Names of files to take in, with `*` and `?`, whatever their case.");

export const naming = z
  .string()
  .trim()
  .min(1)
  .max(300)
  .refine(isNaming, "must name at least one field in braces, each once")
  .nullable()
  .default(null)
  .describe(
    "How folder and name of a file, without its ending, give facts of its call: `{operator}/{started_at}_{from}_*`.",
  );

const MOST_NAMES = 200;

/** Campaigns by what files call them. What is in no table is the id, the number or the name of a campaign. */
export const campaignMap = z
  .record(z.string().trim().min(1).max(200), z.string().trim().min(1).max(200))
  .refine((map) => Object.keys(map).length <= MOST_NAMES, `must have at most ${MOST_NAMES} names`)
  .default({})
  .describe("Campaigns, by id or number, by what the field `campaign` of a file's name calls them.");
