import { withoutComments, type ConnectorView } from "../../connectors";
import type { Fields } from "../forms";

/** What the form of a storage holds, as it is shown. */
export type ConnectorFields = {
  name: string;
  campaign: string;
  endpoint: string;
  bucket: string;
  region: string;
  accessKey: string;
  secretKey: string;
  importPath: string;
  processedPath: string;
  patterns: string;
  poll: string;
  naming: string;
};

export const EMPTY_FIELDS: ConnectorFields = {
  name: "",
  campaign: "",
  endpoint: "",
  bucket: "",
  region: "us-east-1",
  accessKey: "",
  secretKey: "",
  importPath: "/incoming/",
  processedPath: "/processed/",
  patterns: "*.mp3 *.wav *.m4a",
  poll: "300",
  naming: "",
};

/** Fields of the settings by the names that core gives them, for what it refuses. */
export const FIELD_OF: Readonly<Record<string, keyof ConnectorFields>> = {
  "settings.endpoint": "endpoint",
  "settings.bucket": "bucket",
  "settings.region": "region",
  "settings.import_path": "importPath",
  "settings.processed_path": "processedPath",
  "settings.file_patterns": "patterns",
  "settings.naming": "naming",
  "credentials.access_key": "accessKey",
  "credentials.secret_key": "secretKey",
  credentials: "accessKey",
  poll_seconds: "poll",
  campaign_id: "campaign",
};

export function fieldsIn(form: Fields): ConnectorFields {
  const names = Object.keys(EMPTY_FIELDS) as (keyof ConnectorFields)[];
  return Object.fromEntries(names.map((name) => [name, form.text(name).trim()])) as ConnectorFields;
}

/** What is stored of a storage, as the form shows it: never the keys. */
export function fieldsOf(row: ConnectorView): ConnectorFields {
  const settings = row.settings as Record<string, string | string[] | null>;
  const text = (name: string) => String(settings[name] ?? "");
  return {
    name: row.name,
    campaign: row.campaignId,
    endpoint: text("endpoint"),
    bucket: text("bucket"),
    region: text("region"),
    accessKey: "",
    secretKey: "",
    importPath: `/${text("import_path")}`,
    processedPath: settings["processed_path"] === null ? "" : `/${text("processed_path")}`,
    patterns: [settings["file_patterns"] ?? []].flat().join(" "),
    poll: String(row.pollSeconds),
    naming: text("naming"),
  };
}

/** What core is given of the form. */
export function inputOf(fields: ConnectorFields) {
  return {
    settings: {
      endpoint: fields.endpoint,
      bucket: fields.bucket,
      region: fields.region || "us-east-1",
      import_path: fields.importPath,
      processed_path: fields.processedPath || null,
      file_patterns: fields.patterns.split(/\s+/).filter((pattern) => pattern !== ""),
      naming: fields.naming || null,
    },
    pollSeconds: Number(fields.poll || "300"),
  };
}

/** The form filled from printed blocks, which stand one behind the other; undefined when they are no JSON. */
export function filledFrom(printed: string, fields: ConnectorFields): ConnectorFields | undefined {
  const blocks = withoutComments(printed).match(/\{[^{}]*\}/g);
  if (!blocks) return undefined;
  let given: Record<string, unknown> = {};
  try {
    for (const block of blocks) given = { ...given, ...(JSON.parse(block) as object) };
  } catch {
    return undefined;
  }
  const text = (name: string, known: string) => (typeof given[name] === "string" ? given[name] : known);
  const patterns = given["filePatterns"];
  const poll = given["pollInterval"];
  return {
    ...fields,
    endpoint: text("endpoint", fields.endpoint),
    bucket: text("bucket", fields.bucket),
    region: text("region", fields.region),
    accessKey: text("accessKey", fields.accessKey),
    secretKey: text("secretKey", fields.secretKey),
    importPath: text("importPath", fields.importPath),
    processedPath: text("processedPath", fields.processedPath),
    patterns: Array.isArray(patterns) ? patterns.join(" ") : fields.patterns,
    poll: typeof poll === "number" ? String(poll) : fields.poll,
    naming: text("naming", fields.naming),
  };
}
