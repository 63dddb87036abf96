import type { z } from "@hono/zod-openapi";
import {
  hasRoot,
  statusOf,
  successRateOf,
  troubleOf,
  type ConnectorView,
  type FileRow,
  type SidecarRule,
} from "../../connectors";
import type { DomainError } from "../../errors";
import { toIso } from "../../lib/time";
import type { autoImport, connection, connector, refusedFile } from "./shapes";

type Settings = Record<string, unknown> & {
  import_path: string;
  processed_path: string | null;
  file_patterns: string[];
  naming: string | null;
  campaign_map?: Record<string, string>;
  sidecar?: SidecarRule | null;
};

/** Settings of the connection, by the names that the API has for them. */
const CONNECTION = {
  endpoint: "endpoint",
  bucket: "bucket",
  region: "region",
  addressing: "addressing",
  host: "host",
  port: "port",
  security: "security",
  username: "username",
  hostKey: "host_key",
  clientId: "client_id",
  tenantId: "tenant_id",
  rows: "rows",
  baseUrl: "base_url",
  idTask: "id_task",
  parameters: "parameters",
  csvPath: "csv_path",
  columns: "columns",
  directionMap: "direction_map",
  timezone: "time_zone",
  overlapMinutes: "overlap_minutes",
  waitHours: "wait_hours",
  lookBackHours: "look_back_hours",
  audioPath: "audio_path",
  cloud: "cloud",
  user: "user",
  drive: "drive",
  site: "site",
} as const;
const CREDENTIALS = {
  accessKey: "access_key",
  secretKey: "secret_key",
  password: "password",
  privateKey: "private_key",
  passphrase: "passphrase",
  clientSecret: "client_secret",
  apiUser: "api_user",
  apiPassword: "api_password",
} as const;
const AUTO_IMPORT = {
  importPath: "import_path",
  processedPath: "processed_path",
  filePatterns: "file_patterns",
  naming: "naming",
  campaigns: "campaign_map",
} as const;

const SIDECAR = { name: "name", fields: "fields", waitMinutes: "wait_minutes" } as const;

/** Keys of a bucket have no root; folders of a server have one, which is shown as it is. */
function pathOf(kind: ConnectorView["kind"], path: string): string {
  return hasRoot(kind) ? path : `/${path}`;
}

export function viewConnector(row: ConnectorView): z.infer<typeof connector> {
  const settings = row.settings as Settings;
  const wrong = troubleOf(row);
  const isPaused = row.state === "paused";
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    campaign_id: row.campaignId,
    source_id: row.sourceId,
    connection: {
      ...renamed(settings, swapped(CONNECTION)),
      ...(row.kind === "onedrive" && { syncFolder: pathOf(row.kind, settings.import_path) }),
    },
    autoImport: {
      enabled: !isPaused,
      pollInterval: row.pollSeconds,
      importPath: pathOf(row.kind, settings.import_path),
      processedPath: settings.processed_path === null ? null : pathOf(row.kind, settings.processed_path),
      filePatterns: settings.file_patterns,
      naming: settings.naming,
      campaigns: settings.campaign_map ?? {},
      sidecar: viewSidecar(settings.sidecar ?? null),
    },
    state: statusOf(row),
    status: statusOf(row),
    last_sync_at: toIso(row.lastRunAt),
    last_success_at: toIso(row.lastOkAt),
    next_sync_at: isPaused ? null : toIso(row.dueAt),
    success_rate: successRateOf(row),
    trouble: wrong && { ...wrong, since: toIso(wrong.since) },
    imported: row.imported,
    refused: row.refused,
    left_files: row.leftFiles,
    created_at: toIso(row.createdAt),
  };
}

function viewSidecar(rule: SidecarRule | null) {
  return rule && { name: rule.name, fields: rule.fields, waitMinutes: rule.wait_minutes };
}

export function viewRefusedFile(row: FileRow): z.infer<typeof refusedFile> {
  return { id: row.id, name: row.name, size: row.size, reason: row.reason, found_at: toIso(row.foundAt) };
}

type Given = {
  connection?: z.infer<typeof connection> | undefined;
  autoImport?: Partial<z.infer<z.ZodObject<typeof autoImport>>> | undefined;
};

/** What the blocks set, under the names that connectors have. What is not given is left out. */
export function settingsFrom({ connection: to = {}, autoImport: how = {} }: Given) {
  const settings = {
    ...renamed(to, CONNECTION),
    ...(to.syncFolder !== undefined && { import_path: to.syncFolder }),
    ...renamed(how, AUTO_IMPORT),
    ...(how.sidecar !== undefined && { sidecar: how.sidecar && renamed(how.sidecar, SIDECAR) }),
  };
  const credentials = renamed(to, CREDENTIALS);
  return {
    settings: Object.keys(settings).length > 0 ? settings : undefined,
    credentials: Object.keys(credentials).length > 0 ? credentials : undefined,
    pollSeconds: how.pollInterval,
    state: how.enabled === undefined ? undefined : how.enabled ? ("active" as const) : ("paused" as const),
  };
}

/** A refusal by the names that the API has. */
export function inNamesOfApi(error: DomainError): DomainError {
  if (error.kind !== "invalid") return error;
  const names = new Map([
    ["poll_seconds", "autoImport.pollInterval"],
    ["credentials", "connection"],
    ...Object.entries(CONNECTION).map(([api, own]) => [`settings.${own}`, `connection.${api}`] as const),
    ...Object.entries(CREDENTIALS).map(([api, own]) => [`credentials.${own}`, `connection.${api}`] as const),
    ...Object.entries(AUTO_IMPORT).map(([api, own]) => [`settings.${own}`, `autoImport.${api}`] as const),
    ["settings.sidecar", "autoImport.sidecar"],
    ["settings.sidecar.wait_minutes", "autoImport.sidecar.waitMinutes"],
  ]);
  const fields = error.fields.map((one) => {
    // What is wrong may be inside of a list or a table: the name before it is known.
    for (let end = one.field.length; end > 0; end = one.field.lastIndexOf(".", end - 1)) {
      const known = names.get(one.field.slice(0, end));
      if (known !== undefined) return { ...one, field: `${known}${one.field.slice(end)}` };
    }
    return one;
  });
  return { ...error, fields };
}

/** The values under other names, as `names` gives them. What has none there, or no value, is left out. */
function renamed(values: object, names: Readonly<Record<string, string>>): Record<string, never> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => {
      const other = Object.hasOwn(names, name) ? names[name] : undefined;
      return other === undefined || value === undefined ? [] : [[other, value]];
    }),
  ) as Record<string, never>;
}

function swapped(names: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(names).map(([name, other]) => [other, name]));
}
