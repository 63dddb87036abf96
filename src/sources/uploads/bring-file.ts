import type { Act } from "../../identity";
import { err, ok, type Result } from "../../lib/result";
import { MAX_RECORDING_BYTES, type AudioBody } from "../../recordings";
import { announceUpload, type UploadDeps } from "./announce";
import type { UploadFields } from "./call-fields";
import { checkUploadedCall, type CheckedCall } from "./check-call";
import { completeUpload } from "./complete";
import { storeFile, type FileHead } from "./store-file";
import { readUploadRow, recordingNameOf, uploadKey, type UploadFailure, type UploadRow } from "./upload";

/** A file that Trunkline fetched itself. `uploadId` is the same however often it is brought. */
export type BroughtFile = FileHead & {
  organizationId: string;
  sourceId: string;
  campaignId: string;
  uploadId: string;
  externalId: string;
  /** Where it lay, as the storage names it. */
  path: string;
  fields: UploadFields;
  body: AudioBody;
};

/**
 * Makes the call of a file that was fetched from a storage, as an upload does. A crash in the middle is repaired by
 * bringing it again: it is the same upload, and the same call.
 */
export async function bringFile(
  deps: UploadDeps,
  file: BroughtFile,
  act: Act,
): Promise<Result<{ callId: string }, UploadFailure>> {
  const { organizationId, uploadId } = file;
  const checked = await checkFields(deps, file);
  if (!checked.ok) {
    await file.body.cancel();
    return checked;
  }
  const { source, call } = checked.value;
  const common = { organizationId, campaignLimit: null, source, call, headers: new Headers() };
  const known = await readUploadRow(deps.db, { organizationId, campaignLimit: null, id: uploadId });
  if (known.ok && known.value.callId !== null) {
    await file.body.cancel();
    return ok({ callId: await announceAgain(deps, known.value, common) });
  }
  const stored = await storeFile(deps.bucket, organizationId, file, file.body, act.now, MAX_RECORDING_BYTES, uploadId);
  if (!stored.ok) return stored;
  const { callId } = await completeUpload(deps, { ...common, files: [stored.value] }, act);
  return ok({ callId });
}

/** The file may be a recording by now: then it was announced before. */
async function announceAgain(
  deps: UploadDeps,
  row: UploadRow,
  common: Omit<Parameters<typeof announceUpload>[1], "files">,
): Promise<string> {
  const { organizationId, id, fileName, mediaType, callId } = row;
  const object = await deps.bucket.head(uploadKey({ organizationId, id }));
  if (object) {
    const stored = { id, fileName, mediaType: mediaType ?? "", size: object.size, name: recordingNameOf(object) };
    await announceUpload(deps, { ...common, files: [stored] });
  }
  return callId ?? "";
}

/** What a file's name gives and cannot be read costs neither the file nor the rest: it is kept as it was written. */
async function checkFields(
  deps: UploadDeps,
  { organizationId, sourceId, campaignId, externalId, path, fields }: BroughtFile,
): Promise<Result<CheckedCall, UploadFailure>> {
  const given = new Map([...fields, ["source_id", sourceId], ["campaign_id", campaignId], ["custom[file_path]", path]]);
  if (!given.has("external_id")) given.set("external_id", externalId);
  const uploader = { organizationId, campaignLimit: null };
  const checked = await checkUploadedCall(deps.db, uploader, given);
  if (checked.ok || checked.error.kind !== "invalid") return checked;
  const wrong = checked.error.fields.map(({ field }) => field);
  // The source or the campaign is gone: no other reading of the name helps.
  if (wrong.some((field) => !fields.has(field))) return err(checked.error);
  for (const field of wrong) {
    given.set(`custom[file_${field}]`, given.get(field) ?? "");
    given.delete(field);
  }
  if (!given.has("external_id")) given.set("external_id", externalId);
  return checkUploadedCall(deps.db, uploader, given);
}
