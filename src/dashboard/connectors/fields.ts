import { CONNECTOR_KINDS, hasRoot, type ConnectorKindName, type ConnectorView } from "../../connectors";
import { NO_RULES } from "../campaigns/processing-fields";
import type { Fields } from "../forms";
import { linesOf, rowsOf, tableIn } from "./tables";

const TEXTS = [
  "name",
  "campaign",
  "endpoint",
  "bucket",
  "region",
  "accessKey",
  "secretKey",
  "host",
  "port",
  "security",
  "username",
  "password",
  "privateKey",
  "passphrase",
  "clientId",
  "clientSecret",
  "tenantId",
  "reads",
  "readsOf",
  "importPath",
  "processedPath",
  "patterns",
  "poll",
  "naming",
  "campaigns",
  "rows",
  "baseUrl",
  "idTask",
  "parameters",
  "csvPath",
  "columns",
  "directions",
  "timeZone",
  "overlap",
  "waitHours",
  "lookBack",
  "audioPath",
  "apiUser",
  "apiPassword",
  "autoAnalyze",
  "transcriptionEngine",
  "assignToTeam",
  "notifyOnComplete",
] as const;

/** What the form of a storage holds, as it is shown. */
export type ConnectorFields = { kind: ConnectorKindName } & Record<(typeof TEXTS)[number], string>;

export const EMPTY_FIELDS: ConnectorFields = {
  kind: "s3",
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
  reads: "person",
  readsOf: "",
  importPath: "/incoming/",
  processedPath: "/processed/",
  patterns: "*.mp3 *.wav *.m4a",
  poll: "300",
  naming: "",
  campaigns: "",
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
  apiUser: "",
  apiPassword: "",
  ...NO_RULES,
};

/** The fields of a new storage. OneDrive is printed with a permission to read alone, so nothing is moved unless it is wished. */
export function emptyFields(kind: ConnectorKindName): ConnectorFields {
  if (kind === "neotel") return { ...EMPTY_FIELDS, kind, importPath: "", processedPath: "", patterns: "*" };
  return kind === "onedrive"
    ? { ...EMPTY_FIELDS, kind, importPath: "/", processedPath: "" }
    : { ...EMPTY_FIELDS, kind };
}

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
  "settings.user": "readsOf",
  "settings.drive": "readsOf",
  "settings.site": "readsOf",
  "credentials.client_secret": "clientSecret",
  "settings.import_path": "importPath",
  "settings.processed_path": "processedPath",
  "settings.file_patterns": "patterns",
  "settings.naming": "naming",
  "settings.campaign_map": "campaigns",
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
  credentials: "name",
  poll_seconds: "poll",
  campaign_id: "campaign",
};

export function kindOf(text: string | undefined): ConnectorKindName {
  return text !== undefined && Object.hasOwn(CONNECTOR_KINDS, text) ? (text as ConnectorKindName) : "s3";
}

/** The fields that are stored and shown again of this kind. */
export function shownFieldsOf(kind: ConnectorKindName) {
  const place = {
    s3: ["endpoint", "bucket", "region"] as const,
    sftp: ["host", "port", "username"] as const,
    ftp: ["host", "port", "security", "username"] as const,
    neotel: [
      "rows",
      "baseUrl",
      "idTask",
      "parameters",
      "csvPath",
      "columns",
      "directions",
      "timeZone",
      "overlap",
      "waitHours",
      "lookBack",
      "host",
      "port",
      "security",
      "username",
      "audioPath",
    ] as const,
    onedrive: ["clientId", "tenantId", "reads", "readsOf"] as const,
  }[kind];
  return ["name", ...place, "importPath", "processedPath", "patterns", "poll", "naming", "campaigns"] as const;
}

export function fieldsIn(form: Fields): ConnectorFields {
  const texts = Object.fromEntries(
    // Blanks belong to a password.
    TEXTS.map((name) => [
      name,
      name === "password" || name === "apiPassword" ? form.text(name) : form.text(name).trim(),
    ]),
  );
  return { ...(texts as Omit<ConnectorFields, "kind">), kind: kindOf(form.text("kind")) };
}

/** What is stored of a storage, as the form shows it: never the keys. */
export function fieldsOf(row: ConnectorView): ConnectorFields {
  const settings = row.settings as Record<string, string | number | string[] | null>;
  const text = (name: string) => String(settings[name] ?? "");
  const root = hasRoot(row.kind) ? "" : "/";
  const reads = (["user", "drive", "site"] as const).find((one) => text(one) !== "");
  return {
    ...EMPTY_FIELDS,
    kind: row.kind,
    name: row.name,
    campaign: row.campaignId,
    endpoint: text("endpoint"),
    bucket: text("bucket"),
    region: text("region"),
    host: text("host"),
    port: text("port"),
    security: text("security") || EMPTY_FIELDS.security,
    username: text("username"),
    clientId: text("client_id"),
    tenantId: text("tenant_id"),
    reads: reads ?? "person",
    readsOf: reads ? text(reads) : "",
    importPath: `${root}${text("import_path")}`,
    processedPath: settings["processed_path"] === null ? "" : `${root}${text("processed_path")}`,
    patterns: [settings["file_patterns"] ?? []].flat().join(" "),
    poll: String(row.pollSeconds),
    naming: text("naming"),
    campaigns: linesOf(row.settings["campaign_map"]),
    ...(row.kind === "neotel" && {
      rows: text("rows"),
      baseUrl: text("base_url"),
      idTask: text("id_task"),
      parameters: [settings["parameters"] ?? []].flat().join("\n"),
      csvPath: text("csv_path"),
      columns: linesOf(row.settings["columns"]),
      directions: linesOf(row.settings["direction_map"]),
      timeZone: text("time_zone"),
      overlap: text("overlap_minutes"),
      waitHours: text("wait_hours"),
      lookBack: text("look_back_hours"),
      audioPath: text("audio_path"),
    }),
  };
}

/** What core is given of the form, without what proves who asks. */
export function inputOf(fields: ConnectorFields) {
  return {
    settings: {
      ...placeOf(fields),
      import_path: fields.importPath,
      processed_path: fields.processedPath || null,
      file_patterns: fields.patterns.split(/\s+/).filter((pattern) => pattern !== ""),
      naming: fields.naming || null,
      campaign_map: tableIn(fields.campaigns),
    },
    pollSeconds: Number(fields.poll || "300"),
  };
}

function placeOf(fields: ConnectorFields) {
  const { kind, reads, readsOf } = fields;
  if (kind === "s3") return { endpoint: fields.endpoint, bucket: fields.bucket, region: fields.region || "us-east-1" };
  if (kind === "sftp" || kind === "ftp" || kind === "neotel")
    return {
      host: fields.host,
      username: fields.username,
      ...(fields.port !== "" && { port: Number(fields.port) }),
      ...(kind !== "sftp" && { security: fields.security }),
      ...(kind === "neotel" && rowsOf(fields)),
    };
  const of = (name: string) => (reads === name ? readsOf : null);
  return {
    client_id: fields.clientId,
    tenant_id: fields.tenantId,
    user: of("user"),
    drive: of("drive"),
    site: of("site"),
  };
}

/** What proves who asks, as far as it was entered; undefined where nothing was. */
export function credentialsOf(fields: ConnectorFields): Record<string, string> | undefined {
  const { accessKey, secretKey, password, privateKey, passphrase } = fields;
  if (fields.kind === "s3")
    return accessKey === "" && secretKey === "" ? undefined : { access_key: accessKey, secret_key: secretKey };
  if (fields.kind === "onedrive")
    return fields.clientSecret === "" ? undefined : { client_secret: fields.clientSecret };
  if (password === "" && privateKey === "") return undefined;
  if (fields.kind === "neotel") {
    const { apiUser, apiPassword } = fields;
    return { password, ...(apiUser !== "" && { api_user: apiUser, api_password: apiPassword }) };
  }
  return {
    ...(password !== "" && { password }),
    ...(privateKey !== "" && { private_key: privateKey, passphrase }),
  };
}
