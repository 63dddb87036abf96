import { z } from "zod";
import { isNaming } from "./naming";

/** A folder as people write it: `/incoming/`, `incoming`. Kept as `incoming/`, and "" for the root. */
export const folder = z
  .string()
  .trim()
  .max(500)
  .transform((text) => text.replace(/^\/+/, "").replace(/\/*$/, "/").replace(/^\/$/, ""))
  .refine((text) => !text.split("/").some((part) => part === "." || part === ".."), "must not lead out of its folder");

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
