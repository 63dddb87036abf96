import type { UploadFields } from "../../sources";

/** What says how to transcribe, and who sent it: kept with the call under these names. */
const KEPT = new Set(["username", "language", "task", "model", "device"]);

// An id of theirs or ours; anything else in `operator_id` is a name.
const IDENTIFIER = /^(\d+|opr_[0-9a-z]{26})$/;

/** The fields of AuditorIA's `POST /upload/` as those of an upload here, whose own names work as well. */
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
