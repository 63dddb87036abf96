import { err, ok, type Result } from "../../lib/result";
import type { FieldError, Reader, Reading, Refusal } from "../contract";
import { readJsonObject } from "../reading/json-object";
import { notJson } from "../refusals";
import type { CommonSettings } from "../settings";
import { DEFAULT_MAPPING } from "./default-mapping";
import { inBody } from "./in-body";
import { mapBody } from "./map";
import type { Mapping } from "./schema";

export type MappedSettings = CommonSettings & { mapping?: Mapping };

/** A reader of JSON notices that goes by the source's mapping, or by Trunkline's own format where it has none. */
export function mappedReader(kind: string): Reader<MappedSettings> {
  return async (body, _contentType, config): Promise<Result<Reading, Refusal>> => {
    const read = readJsonObject(body, { longIntegers: "text" });
    if (!read.ok) return notJson(read.error);
    const mapping = config.settings.mapping ?? DEFAULT_MAPPING;
    const fields = Object.fromEntries(read.value);
    const { facts, ignored, problems } = await mapBody(mapping, fields, kind, config);
    if (problems.length > 0 || (facts === null && !ignored)) {
      return err(unmappable(problems.map((problem) => inBody(problem, mapping, fields))));
    }
    if (facts === null) {
      return ok({ kind: "ignored", reason: "not_wanted", message: "The mapping's only_if says no to this notice." });
    }
    return ok({ kind: "calls", facts: [facts] });
  };
}

function unmappable(errors: FieldError[]): Refusal {
  const list = errors.map(({ field, message }) => `${field} ${message}`).join("; ");
  return { status: 422, reason: "unreadable_values", message: `The notice does not fit the mapping: ${list}.`, errors };
}
