import type { Database } from "../db/client";
import type { MasterKeys } from "../lib/seal";
import type { AudioAccess, RecordingRow } from "../recordings";
import { isRecordingHost, type AccessDeps, platformOf } from "../platforms";
import { loadAccess } from "../sources";

/** What the source of a recording lets us do to fetch it: its platform's credentials, and what its owner allows. */
export async function recordingAccess(
  db: Database,
  keys: MasterKeys,
  recording: Pick<RecordingRow, "sourceId" | "externalId">,
  deps: AccessDeps,
): Promise<AudioAccess> {
  const config = await loadAccess(db, keys, recording.sourceId);
  if (!config) return {};
  const { recording_hosts: hosts, allow_http_recordings: allowHttp = false } = config.settings;
  return {
    ...platformOf(config.kind)?.recordingAccess?.(config, deps, recording),
    mayAsk: (host) => isRecordingHost(hosts, host),
    ...(allowHttp && { allowHttp }),
  };
}
