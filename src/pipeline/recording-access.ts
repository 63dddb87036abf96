import type { AudioAccess, RecordingRow } from "../recordings";
import { isRecordingHost, type AccessConfig, type AccessDeps, platformOf } from "../platforms";

/** What the source of a recording lets us do to fetch it: its platform's credentials, and what its owner allows. */
export async function recordingAccess(
  load: (sourceId: string) => Promise<AccessConfig | undefined>,
  recording: Pick<RecordingRow, "sourceId" | "externalId">,
  deps: AccessDeps,
): Promise<AudioAccess> {
  const config = await load(recording.sourceId);
  if (!config) return {};
  const { recording_hosts: hosts, allow_http_recordings: allowHttp = false } = config.settings;
  return {
    ...platformOf(config.kind)?.recordingAccess?.(config, deps, recording),
    mayAsk: (host) => isRecordingHost(hosts, host),
    ...(allowHttp && { allowHttp }),
  };
}
