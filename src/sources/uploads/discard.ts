import { uploadKey } from "./upload";

/** Deletes files that became no call. One that cannot be deleted now falls to the sweep. */
export async function discardFiles(
  bucket: R2Bucket,
  organizationId: string,
  files: readonly { id: string }[],
): Promise<void> {
  if (files.length === 0) return;
  await bucket.delete(files.map(({ id }) => uploadKey({ organizationId, id }))).catch(() => undefined);
}
