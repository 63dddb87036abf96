import type { ConnectorKindName } from "../../connectors";
import { NO_RULES } from "../campaigns/processing-fields";

/** Where Neotel's rows come from, and how they are read. */
export const NEOTEL_ROWS = {
  rows: "task",
  baseUrl: "",
  idTask: "",
  parameters: "{from}\n{to}",
  csvPath: "",
  columns:
    "file = GRABACION\nat = FECHA\ncampaign = IDAPLICACION\noperator = USUARIO\ndirection = DIRECCION\nseconds = SECTOT",
  directions: "E = inbound\nS = outbound",
  timeZone: "America/Argentina/Buenos_Aires",
  overlap: "15",
  waitHours: "24",
  lookBack: "72",
  audioPath: "/grabaciones/{yyyy}/{MM}/{dd}/{file}",
};

const EMPTY_TEXTS = {
  name: "",
  campaign: "",
  endpoint: "",
  bucket: "",
  region: "us-east-1",
  accessKey: "",
  secretKey: "",
  host: "",
  port: "",
  security: "explicit",
  username: "",
  password: "",
  privateKey: "",
  passphrase: "",
  clientId: "",
  clientSecret: "",
  tenantId: "",
  cloud: "global",
  reads: "person",
  readsOf: "",
  importPath: "/incoming/",
  processedPath: "/processed/",
  patterns: "*.mp3 *.wav *.m4a",
  poll: "300",
  naming: "",
  campaigns: "",
  sidecar: "",
  sidecarFields: "",
  sidecarWait: "10",
  ...NEOTEL_ROWS,
  apiUser: "",
  apiPassword: "",
  ...NO_RULES,
};

export const TEXTS = Object.keys(EMPTY_TEXTS) as (keyof typeof EMPTY_TEXTS)[];

/** What the form of a storage holds, as it is shown. */
export type ConnectorFields = { kind: ConnectorKindName } & Record<keyof typeof EMPTY_TEXTS, string>;

export const EMPTY_FIELDS: ConnectorFields = { kind: "s3", ...EMPTY_TEXTS };

/** The fields of what proves who asks. What is wrong with all of it stands at the first. */
export const SECRETS: Readonly<
  Record<ConnectorKindName, readonly [keyof ConnectorFields, ...(keyof ConnectorFields)[]]>
> = {
  s3: ["accessKey", "secretKey"],
  sftp: ["password", "privateKey", "passphrase"],
  ftp: ["password"],
  neotel: ["password", "apiUser", "apiPassword"],
  onedrive: ["clientSecret"],
};

/** Fields of the settings by the names that core gives them, for what it refuses. */
export const FIELD_OF: Readonly<Record<string, keyof ConnectorFields>> = {
  "settings.endpoint": "endpoint",
  "settings.bucket": "bucket",
  "settings.region": "region",
  "settings.host": "host",
  "settings.port": "port",
  "settings.security": "security",
  "settings.username": "username",
  "settings.client_id": "clientId",
  "settings.tenant_id": "tenantId",
  "settings.cloud": "cloud",
  "settings.user": "readsOf",
  "settings.drive": "readsOf",
  "settings.site": "readsOf",
  "credentials.client_secret": "clientSecret",
  "settings.import_path": "importPath",
  "settings.processed_path": "processedPath",
  "settings.file_patterns": "patterns",
  "settings.naming": "naming",
  "settings.campaign_map": "campaigns",
  "settings.sidecar": "sidecar",
  "settings.sidecar.fields": "sidecarFields",
  "settings.sidecar.wait_minutes": "sidecarWait",
  "settings.base_url": "baseUrl",
  "settings.id_task": "idTask",
  "settings.parameters": "parameters",
  "settings.csv_path": "csvPath",
  "settings.columns": "columns",
  "settings.direction_map": "directions",
  "settings.time_zone": "timeZone",
  "settings.overlap_minutes": "overlap",
  "settings.wait_hours": "waitHours",
  "settings.look_back_hours": "lookBack",
  "settings.audio_path": "audioPath",
  "credentials.api_user": "apiUser",
  "credentials.api_password": "apiPassword",
  "credentials.access_key": "accessKey",
  "credentials.secret_key": "secretKey",
  "credentials.password": "password",
  "credentials.private_key": "privateKey",
  "credentials.passphrase": "passphrase",
  poll_seconds: "poll",
  campaign_id: "campaign",
};
