import {
  CONNECTOR_KINDS,
  hasRoot,
  type ConnectorKindName,
  type ConnectorView,
  type SidecarRule,
} from "../../connectors";
import type { Language } from "../../ui/language";
import { numberIn } from "../amount";
import { NO_RULES } from "../campaigns/processing-fields";
import { typedIn, type Fields } from "../forms";
import { EMPTY_FIELDS, NEOTEL_ROWS, SECRETS, TEXTS, type ConnectorFields } from "./empty-fields";
import { linesOf, rowsOf, tableIn } from "./tables";

/** The fields of a new storage. OneDrive is printed with a permission to read alone, so nothing is moved unless it is wished. */
export function emptyFields(kind: ConnectorKindName): ConnectorFields {
  if (kind === "neotel") return { ...EMPTY_FIELDS, kind, importPath: "", processedPath: "", patterns: "*" };
  return kind === "onedrive"
    ? { ...EMPTY_FIELDS, kind, importPath: "/", processedPath: "" }
    : { ...EMPTY_FIELDS, kind };
}

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
      ...(Object.keys(NEOTEL_ROWS) as (keyof typeof NEOTEL_ROWS)[]),
      "host",
      "port",
      "security",
      "username",
    ] as const,
    onedrive: ["clientId", "tenantId", "cloud", "reads", "readsOf"] as const,
  }[kind];
  const beside = kind === "neotel" ? ([] as const) : (["sidecar", "sidecarFields", "sidecarWait"] as const);
  return [
    "name",
    ...place,
    "importPath",
    "processedPath",
    "patterns",
    "poll",
    "naming",
    "campaigns",
    ...beside,
  ] as const;
}

/** What the form was filled in with, also under another kind before. */
export function fieldsIn(form: Fields): ConnectorFields {
  const texts = Object.fromEntries(
    TEXTS.map((name) => {
      const typed = typedIn(form, name) ?? "";
      // Blanks belong to a password.
      return [name, name === "password" || name === "apiPassword" ? typed : typed.trim()];
    }),
  );
  return { ...(texts as Omit<ConnectorFields, "kind">), kind: kindOf(form.text("kind")) };
}

/** The form of a kind with what was filled in so far. What it came with and nobody changed is as the new kind has it. */
export function fieldsFor(form: Fields, kind: ConnectorKindName): ConnectorFields {
  const [before, next] = [emptyFields(kindOf(form.text("kind"))), emptyFields(kind)];
  const texts = TEXTS.map((name) => {
    const typed = typedIn(form, name)?.replaceAll("\r\n", "\n");
    return [name, typed === undefined || typed === before[name] ? next[name] : typed];
  });
  return { ...(Object.fromEntries(texts) as Omit<ConnectorFields, "kind">), kind };
}

/** What was filled in that the form of this kind has no field for. */
export function keptBeside(fields: ConnectorFields): Record<string, string> {
  const { kind } = fields;
  const own = new Set<string>([...shownFieldsOf(kind), ...SECRETS[kind], "campaign", ...Object.keys(NO_RULES)]);
  // A row of Neotel names its file, wherever that lies.
  if (kind === "neotel") for (const name of ["importPath", "processedPath"]) own.delete(name);
  const begun = emptyFields(kind);
  const others = TEXTS.filter((name) => !own.has(name) && fields[name] !== "" && fields[name] !== begun[name]);
  return Object.fromEntries(others.map((name) => [name, fields[name]]));
}

/** What is stored of a storage, as the form shows it: never the keys. */
export function fieldsOf(row: ConnectorView): ConnectorFields {
  const settings = row.settings as Record<string, string | number | string[] | null>;
  const text = (name: string) => String(settings[name] ?? "");
  const root = hasRoot(row.kind) ? "" : "/";
  const beside = row.settings["sidecar"] as SidecarRule | null | undefined;
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
    cloud: text("cloud") || EMPTY_FIELDS.cloud,
    reads: reads ?? "person",
    readsOf: reads ? text(reads) : "",
    importPath: `${root}${text("import_path")}`,
    processedPath: settings["processed_path"] === null ? "" : `${root}${text("processed_path")}`,
    patterns: [settings["file_patterns"] ?? []].flat().join(" "),
    poll: String(row.pollSeconds),
    naming: text("naming"),
    campaigns: linesOf(row.settings["campaign_map"]),
    ...(beside && {
      sidecar: beside.name,
      sidecarFields: linesOf(beside.fields),
      sidecarWait: String(beside.wait_minutes),
    }),
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
export function inputOf(fields: ConnectorFields, language: Language) {
  return {
    settings: {
      ...placeOf(fields, language),
      import_path: fields.kind === "neotel" ? "" : fields.importPath,
      processed_path: fields.kind === "neotel" ? null : fields.processedPath || null,
      file_patterns: fields.patterns.split(/\s+/).filter((pattern) => pattern !== ""),
      naming: fields.naming || null,
      campaign_map: tableIn(fields.campaigns),
      sidecar: sidecarIn(fields, language),
    },
    pollSeconds: numberIn(fields.poll || "300", language),
  };
}

/** The sidecar that the form states; null where its name is empty. */
function sidecarIn({ kind, sidecar, sidecarFields, sidecarWait }: ConnectorFields, language: Language) {
  if (sidecar === "" || kind === "neotel") return null;
  return { name: sidecar, fields: tableIn(sidecarFields), wait_minutes: numberIn(sidecarWait || "10", language) };
}

function placeOf(fields: ConnectorFields, language: Language) {
  const { kind, reads, readsOf } = fields;
  if (kind === "s3") return { endpoint: fields.endpoint, bucket: fields.bucket, region: fields.region || "us-east-1" };
  if (kind === "sftp" || kind === "ftp" || kind === "neotel")
    return {
      host: fields.host,
      username: fields.username,
      ...(fields.port !== "" && { port: numberIn(fields.port, language) }),
      ...(kind !== "sftp" && { security: fields.security }),
      ...(kind === "neotel" && rowsOf(fields, language)),
    };
  const of = (name: string) => (reads === name ? readsOf : null);
  return {
    client_id: fields.clientId,
    tenant_id: fields.tenantId,
    cloud: fields.cloud || "global",
    user: of("user"),
    drive: of("drive"),
    site: of("site"),
  };
}

/** What proves who asks, as far as it was entered; undefined where nothing was. */
export function credentialsOf(fields: ConnectorFields): Record<string, string> | undefined {
  const { accessKey, secretKey, password, privateKey, passphrase } = fields;
  if (fields.kind === "s3") return entered({ access_key: accessKey, secret_key: secretKey });
  if (fields.kind === "onedrive") return entered({ client_secret: fields.clientSecret });
  if (fields.kind === "neotel")
    return entered({ password, api_user: fields.apiUser, api_password: fields.apiPassword });
  return entered(fields.kind === "ftp" ? { password } : { password, private_key: privateKey, passphrase });
}

/** What was left empty stays as it is stored: core says what can. */
function entered(texts: Record<string, string>): Record<string, string> | undefined {
  const given = Object.entries(texts).filter(([, text]) => text !== "");
  return given.length === 0 ? undefined : Object.fromEntries(given);
}
