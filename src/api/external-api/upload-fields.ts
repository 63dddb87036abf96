import type { UploadFields } from "../../sources";

/** Fields about the transcription and the sender, stored with the call under these names. */
const KEPT = new Set(["username", "language", "task", "model", "device"]);

// An id of AuditorIA's or ours. Anything else in `operator_id` is a name.
const IDENTIFIER = /^(\d+|opr_[0-9a-z]{26})$/;

/**
 * Converts the fields of AuditorIA's `POST /upload/` to those of an upload. Trunkline's own field names work as well.
 */
export function fromExternal(fields: UploadFields): UploadFields {
  const translated = new Map<string, string>();
  for (const [name, value] of fields) {
    const text = value.trim();
    if (KEPT.has(name)) translated.set(`custom[${name}]`, text);
    else if (name !== "operator_id") translated.set(name, value);
    else if (IDENTIFIER.test(text)) translated.set("operator_reference", `external:operator:${text}`);
    else translated.set("operator", text);
  }
  return translated;
}
