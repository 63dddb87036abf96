import { recordingIdOf, taskIdOf } from "../../calls";
import { uploads } from "../../db/schema";
import { invalid, type DomainError } from "../../errors";
import type { Act } from "../../identity";
import { digestOf } from "../../lib/id";
import { checkUrl, type GuardPolicy } from "../../lib/network-guard";
import { err, ok, type Result } from "../../lib/result";
import { callOfUpload, keepNotice, type AnnouncedUpload, type SentCall, type UploadDeps } from "./announce";
import { newUploadId, uploadKey } from "./upload";

/** What became of a recording at an address. */
export type TakenLink = Pick<AnnouncedUpload, "id" | "callId" | "taskId"> & { recordingId: string };

/**
 * Takes a recording that lies at an address of its sender's: a call as an upload makes one, whose recording is fetched
 * as those of platforms are. The same address again under the same external id is the same recording.
 */
export async function takeLink(
  deps: UploadDeps & { guardPolicy: GuardPolicy },
  sent: SentCall & { url: string },
  { now }: Act,
): Promise<Result<TakenLink, DomainError>> {
  const checked = await checkUrl(sent.url, deps.guardPolicy);
  if (!checked.ok) return err(invalid("url", checked.error.message));
  const url = checked.value.href;
  const { organizationId, source, call } = sent;
  const id = newUploadId(now);
  const callId = await callOfUpload({ organizationId, sourceId: source.id, id }, call);
  const name = `link-${await digestOf([url])}`;
  // Its size and type are known when it has been fetched: they are those of the recording.
  await deps.db.insert(uploads).values({
    organizationId,
    id,
    sourceId: source.id,
    sourceKind: source.kind,
    fileName: null,
    mediaType: null,
    size: null,
    received: 0,
    key: uploadKey({ organizationId, id }),
    r2UploadId: null,
    parts: [],
    call: { campaign_id: call.campaign_id },
    state: "completed",
    callId,
    createdAt: now,
    expiresAt: now,
  });
  const recordings = [{ external_id: name, url }];
  await keepNotice(deps, sent, id, { ...call, external_id: call.external_id ?? id, recordings });
  return ok({ id, callId, taskId: taskIdOf(callId), recordingId: await recordingIdOf(callId, name) });
}
