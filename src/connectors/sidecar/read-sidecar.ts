import { ok, type Result } from "../../lib/result";
import { MINUTE } from "../../lib/time";
import { peek } from "../../recordings";
import type { ConnectorFailure, FoundFile, Storage } from "../contract";
import { formatOf, sidecarOf, type SidecarRule } from "./rule";
import { sidecarFields } from "./values";

const MOST_BYTES = 256 * 1024;
/** A file that rests so long is whole, though its last line has no end. */
const RESTED = MINUTE;

/** What lies beside a recording: what it says of the call, or that it is not there, or cannot be read. */
export type Sidecar =
  | { kind: "read"; file: FoundFile; fields: Map<string, string> }
  | { kind: "missing" }
  /** `isRested`: this version of it will not become whole by itself. */
  | { kind: "unreadable"; file: FoundFile; isRested: boolean };

/** The sidecar of a recording, as it lies in the storage now. */
export async function readSidecarOf(
  storage: Storage,
  rule: SidecarRule,
  recording: Pick<FoundFile, "name">,
  now: number,
): Promise<Result<Sidecar, ConnectorFailure>> {
  const found = await storage.lookUp(sidecarOf(rule, recording.name));
  if (!found.ok) return found;
  return found.value ? readSidecar(storage, rule, found.value, now) : ok({ kind: "missing" });
}

/** A sidecar that was found. One that goes or changes as it is read is looked for again later. */
export async function readSidecar(
  storage: Storage,
  rule: SidecarRule,
  file: FoundFile,
  now: number,
): Promise<Result<Sidecar, ConnectorFailure>> {
  const isRested = file.whole === true || (file.modifiedAt !== null && now - file.modifiedAt > RESTED);
  if (file.size === 0 || file.size > MOST_BYTES) return ok({ kind: "unreadable", file, isRested });
  const opened = await storage.open(file);
  if (!opened.ok) {
    const { code } = opened.error;
    return code === "gone" || code === "changed" ? ok({ kind: "missing" }) : opened;
  }
  const read = await peek(opened.value.body, MOST_BYTES + 1);
  if (!read.ok) return { ok: false, error: { code: "interrupted", detail: `${file.name} broke off` } };
  const { head, total } = read.value;
  if (total === null) {
    await opened.value.body.cancel();
    return ok({ kind: "unreadable", file, isRested });
  }
  const fields = sidecarFields(rule, formatOf(rule), head, isRested);
  return ok(fields === null ? { kind: "unreadable", file, isRested } : { kind: "read", file, fields });
}
