import type { Child } from "hono/jsx";
import type { ConnectorView, FtpSettings, NeotelSettings, OneDriveSettings, SidecarRule } from "../../connectors";
import { connectorWords } from "../../ui/strings/connectors";
import { wordsOf } from "../../ui/strings/define";
import { ftpWords } from "../../ui/strings/ftp";
import { neotelWords } from "../../ui/strings/neotel";
import { oneDriveWords } from "../../ui/strings/onedrive";
import { sidecarWords } from "../../ui/strings/sidecar";
import type { View } from "../../ui/view";

/** Where the storage is, by its kind. */
export function placeFacts(view: View, connector: ConnectorView): [string, Child][] {
  const words = wordsOf(connectorWords, view.language);
  const own = wordsOf(oneDriveWords, view.language);
  const ftp = wordsOf(ftpWords, view.language);
  const mono = (text: string) => (
    <span class="mono" dir="ltr">
      {text}
    </span>
  );
  if (connector.kind === "s3") {
    const { endpoint, bucket } = connector.settings as { endpoint: string; bucket: string };
    return [
      [words.endpoint, mono(endpoint)],
      [words.bucket, mono(bucket)],
    ];
  }
  if (connector.kind === "onedrive") {
    const { client_id, tenant_id, cloud, user, drive, site, import_path } = connector.settings as OneDriveSettings;
    return [
      [own.clientId, mono(client_id)],
      [own.tenantId, mono(tenant_id)],
      ...(cloud === "global" ? [] : [[own.cloud, own[`cloud_${cloud}`]] as [string, Child]]),
      [own.reads, (user ?? drive ?? site) ? mono(user ?? drive ?? site ?? "") : own.readsPerson],
      [own.syncFolder, mono(`/${import_path}`)],
    ];
  }
  if (connector.kind === "neotel") {
    const { rows, base_url, csv_path, host, port, username } = connector.settings as NeotelSettings;
    const neotel = wordsOf(neotelWords, view.language);
    return [
      [neotel.rows, mono(rows === "task" ? base_url : csv_path)],
      [ftp.hostNeotel, mono(`${host}:${port}`)],
      [words.username, mono(username)],
    ];
  }
  if (connector.kind === "ftp") {
    const { host, port, username, security } = connector.settings as FtpSettings;
    return [
      [words.host, mono(`${host}:${port}`)],
      [words.username, mono(username)],
      [ftp.security, ftp[`security_${security}`]],
    ];
  }
  const settings = connector.settings as { host: string; port: number; username: string; host_key: string | null };
  return [
    [words.host, mono(`${settings.host}:${settings.port}`)],
    [words.username, mono(settings.username)],
    [words.hostKey, settings.host_key === null ? words.hostKeyNone : mono(settings.host_key)],
  ];
}

/** What lies beside the recordings, where something is set. */
export function besideFacts(view: View, { settings }: ConnectorView): [string, Child][] {
  const rule = settings["sidecar"] as SidecarRule | null | undefined;
  if (!rule) return [];
  return [
    [
      wordsOf(sidecarWords, view.language).sidecar,
      <span class="mono" dir="ltr">
        {rule.name}
      </span>,
    ],
  ];
}
