import type { CallFacts } from "../../calls";
import type { FieldError } from "../contract";
import type { CommonSettings } from "../settings";
import { DEFAULT_MAPPING } from "./default-mapping";
import { mapBody } from "./map";
import type { Mapping } from "./schema";

/** What a mapping makes of a sample, good or not. */
export type TryOut = { facts: CallFacts | null; ignored: boolean; problems: FieldError[]; unmapped: string[] };

/**
 * Reads a sample by a mapping as a notice would be, and stores nothing. Facts are given in spite of problems elsewhere.
 */
export async function tryMapping(
  given: { mapping?: Mapping; sample: unknown; settings?: Pick<CommonSettings, "time_zone" | "country"> },
  source: { id: string; kind: string } = { id: "src_…", kind: "external" },
): Promise<TryOut> {
  const { sample, settings = {} } = given;
  if (typeof sample !== "object" || sample === null || Array.isArray(sample)) {
    const problems = [{ field: "sample", message: "must be one JSON object: `{ … }`" }];
    return { facts: null, ignored: false, problems, unmapped: [] };
  }
  const mapping = given.mapping ?? DEFAULT_MAPPING;
  const config = { id: source.id, settings };
  const { unused, ...mapped } = await mapBody(mapping, sample as Record<string, unknown>, source.kind, config);
  return { ...mapped, unmapped: unused };
}
