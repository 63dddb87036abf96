import { callIdOf } from "../../calls";
import type { Act } from "../../identity";
import { newId } from "../../lib/id";
import { err, ok, type Result } from "../../lib/result";
import { MAX_RECORDING_BYTES, type AudioBody } from "../../recordings";
import { announceUpload, keepNotice, type UploadDeps } from "./announce";
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
  tags: readonly string[];
  body: AudioBody;
};

/** The call of a file, by its id and the one that it has in its source. `isKnown`: it was brought before. */
export type BroughtCall = { callId: string; externalId: string; isKnown: boolean };

/** What became known of such a call later. `campaignId`: null where nothing is said of it. */
export type LaterFacts = Pick<BroughtFile, "organizationId" | "sourceId" | "externalId" | "fields" | "tags"> & {
  campaignId: string | null;
};

/**
 * Makes the call of a file that was fetched from a storage, as an upload does. A crash in the middle is repaired by
 * bringing it again: it is the same upload, and the same call.
 */
export async function bringFile(
  deps: UploadDeps,
  file: BroughtFile,
  act: Act,
): Promise<Result<BroughtCall, UploadFailure>> {
  const { organizationId, uploadId, tags } = file;
  const given = new Map([...file.fields, ["campaign_id", file.campaignId], ["custom[file_path]", file.path]]);
  if (!given.has("external_id")) given.set("external_id", file.externalId);
  const checked = await checkFields(deps, file, given);
  if (!checked.ok) {
    await file.body.cancel();
    return checked;
  }
  const { source, call } = checked.value;
  const externalId = call.external_id ?? file.externalId;
  const common = { organizationId, campaignLimit: null, source, call, tags, headers: new Headers() };
  const known = await readUploadRow(deps.db, { organizationId, campaignLimit: null, id: uploadId });
  if (known.ok && known.value.callId !== null) {
    await file.body.cancel();
    const { callId } = known.value;
    const isIts = async (id: string) =>
      (await callIdOf({ organizationId, sourceId: source.id, externalId: id })) === callId;
    // Another id may be given by now: the call keeps the one that it has.
    const kept = (await isIts(externalId)) ? externalId : file.externalId;
    await announceAgain(deps, known.value, { ...common, call: { ...call, external_id: kept } });
    return ok({ callId, externalId: kept, isKnown: await isIts(kept) });
  }
  const stored = await storeFile(deps.bucket, organizationId, file, file.body, act.now, MAX_RECORDING_BYTES, uploadId);
  if (!stored.ok) return stored;
  const { callId } = await completeUpload(deps, { ...common, files: [stored.value] }, act);
  return ok({ callId, externalId, isKnown: false });
}

/**
 * Adds what became known of a brought file's call: a notice of its own, whose facts count more than those before. The call
 * keeps its id, whatever the facts say of that.
 */
export async function addFacts(deps: UploadDeps, later: LaterFacts, act: Act): Promise<Result<void, UploadFailure>> {
  const { organizationId, externalId, campaignId, fields, tags } = later;
  const given = new Map([...fields, ["external_id", externalId]]);
  const named = fields.get("external_id");
  if (named !== undefined && named !== externalId) given.set("custom[file_external_id]", named);
  if (campaignId !== null) given.set("campaign_id", campaignId);
  const checked = await checkFields(deps, later, given);
  if (!checked.ok) return checked;
  const { source, call } = checked.value;
  const sent = { organizationId, campaignLimit: null, source, headers: new Headers() };
  const facts = { ...call, external_id: externalId, tags: [...tags], corrects: true, recordings: [] };
  await keepNotice(deps, sent, newId("upl", act.now), facts);
  return ok(undefined);
}

/** The file may be a recording by now: then it was announced before. */
async function announceAgain(
  deps: UploadDeps,
  row: UploadRow,
  common: Omit<Parameters<typeof announceUpload>[1], "files">,
): Promise<void> {
  const { organizationId, id, fileName, mediaType } = row;
  const object = await deps.bucket.head(uploadKey({ organizationId, id }));
  if (object) {
    const stored = { id, fileName, mediaType: mediaType ?? "", size: object.size, name: recordingNameOf(object) };
    await announceUpload(deps, { ...common, files: [stored] });
  }
}

/** What a file gives of its call and cannot be read costs neither the file nor the rest: it is kept as it was written. */
async function checkFields(
  deps: UploadDeps,
  {
    organizationId,
    sourceId,
    externalId,
    fields,
  }: Pick<BroughtFile, "organizationId" | "sourceId" | "externalId" | "fields">,
  given: Map<string, string>,
): Promise<Result<CheckedCall, UploadFailure>> {
  given.set("source_id", sourceId);
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
