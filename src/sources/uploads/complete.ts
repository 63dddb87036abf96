import { inArray, and, eq } from "drizzle-orm";
import { uploads } from "../../db/schema";
import { valueList } from "../../db/value-list";
import type { Act } from "../../identity";
import { discardFiles, uploadKey } from "./upload";
import {
  callOfUpload,
  forgetDoubles,
  announceUpload,
  type AnnouncedUpload,
  type UploadedFiles,
  type UploadDeps,
} from "./announce";

/**
 * Makes the call of files that came in one request, and throws if it cannot be kept. A notice that could not be sent
 * may have been sent all the same: its files stay, and fall to the sweep where it was not.
 */
export async function completeUpload(
  deps: UploadDeps,
  uploaded: UploadedFiles,
  { now }: Act,
): Promise<AnnouncedUpload> {
  const { organizationId, source, call, files } = uploaded;
  const first = { organizationId, sourceId: source.id, id: files[0]?.id ?? "" };
  const callId = await callOfUpload(first, call);
  const rows = files.map((file) => ({
    organizationId,
    id: file.id,
    sourceId: source.id,
    sourceKind: source.kind,
    fileName: file.fileName,
    mediaType: file.mediaType,
    size: file.size,
    received: file.size,
    key: uploadKey({ organizationId, id: file.id }),
    r2UploadId: null,
    parts: [],
    call: { campaign_id: call.campaign_id, recording_name: file.name },
    state: "completed" as const,
    callId,
    createdAt: now,
    expiresAt: now,
  }));
  const ids = rows.map(({ id }) => id);
  try {
    for (const row of rows) await deps.db.insert(uploads).values(row);
  } catch (cause) {
    await deps.db
      .delete(uploads)
      .where(and(eq(uploads.organizationId, organizationId), inArray(uploads.id, valueList(ids))))
      .catch(() => undefined);
    await discardFiles(deps.bucket, organizationId, files);
    throw cause;
  }
  const announced = await announceUpload(deps, uploaded);
  // Kept is kept: what fails from here on must not take the files back.
  await forgetDoubles(deps, organizationId, announced).catch(() => undefined);
  return announced;
}
