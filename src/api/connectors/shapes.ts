import { z } from "@hono/zod-openapi";
import { processingRules } from "../campaign-processing";
import { leftFiles, samePlace } from "./folder-shapes";
import { sidecar } from "./sidecar-shape";
import { LEAST_POLL, LONGEST_POLL } from "../../connectors";

// The three blocks have the names that AuthentiVoice prints under "S3/MinIO Integration": what is copied from there works.

const endpoint = z.string().max(500).describe("The address of the storage, without the bucket.");
const bucket = z.string().max(255);
const region = z.string().max(64).describe("Corrected by itself where the storage names another one.");
const addressing = z
  .enum(["auto", "path", "virtual"])
  .describe("Where the bucket is named: in the path, or in the host. `auto`: in the host at amazonaws.com.");

const host = z.string().max(253).describe("The name or the address of the server.");
const port = z
  .int()
  .min(1)
  .max(65_535)
  .describe("22 where it is not given; of FTP 21, and 990 with `security` `implicit`.");
const security = z
  .enum(["explicit", "implicit", "none"])
  .describe(
    "How FTP is encrypted. `explicit`, where it is not given: FTPS by AUTH TLS. `implicit`: FTPS from the first byte. `none`: password and recordings go in clear text.",
  );
const username = z.string().max(128);
const hostKey = z
  .string()
  .max(100)
  .nullable()
  .describe(
    "The host key that was confirmed, as `ssh-keygen -l` prints it: `ssh-ed25519 SHA256:…`. A test shows the server's; without a confirmed one nothing is taken in, and a changed one stops the connector.",
  );

const NEOTEL_COLUMNS = [
  "file",
  "at",
  "campaign",
  "operator",
  "direction",
  "seconds",
  "from",
  "to",
  "external_id",
] as const;
const neotelPlace = {
  rows: z.enum(["task", "csv"]).describe("Where rows of calls come from: Neotel's HTTP API, or CSV on the FTP server."),
  baseUrl: z.string().max(500).describe("Neotel's HTTP API: `https://…/neoapi/webservice.asmx`."),
  idTask: z.int().nullable().describe("The task that gives rows: `ExecuteTaskNN`, NN being the count of `parameters`."),
  parameters: z
    .array(z.string().max(200))
    .max(99)
    .describe("What the task is given, in order; `{from}` and `{to}` are the times that rows are asked for."),
  csvPath: z.string().max(500).describe("The CSV's path on the server, as in `/cdr/{yyyy}{MM}{dd}.csv`."),
  columns: z
    .partialRecord(z.enum(NEOTEL_COLUMNS), z.string().max(100).nullable())
    .describe(
      "Names of columns, by what they hold: GRABACION, FECHA, IDAPLICACION, USUARIO, DIRECCION and SECTOT where not given.",
    ),
  directionMap: z
    .record(z.string(), z.enum(["inbound", "outbound", "internal"]))
    .describe("Directions, by the code that rows have for them."),
  timezone: z
    .string()
    .max(100)
    .describe("The zone of times in rows, `America/Argentina/Buenos_Aires` where not given."),
  overlapMinutes: z.int().describe("How much of the time before is asked for again: rows may be written late."),
  waitHours: z.int().describe("How long a recording that a row names is waited for."),
  lookBackHours: z.int().describe("How far back the first look goes, and each one while a recording is waited for."),
  audioPath: z.string().max(500).describe("Where recordings lie, as in `/grabaciones/{yyyy}/{MM}/{dd}/{file}`."),
};

const clientId = z.string().max(64).describe("The application (client) id in Azure AD.");
const tenantId = z.string().max(128).describe("The directory (tenant) id in Azure AD, or one of its domains.");
const drivePlace = (what: string) => z.string().max(300).nullable().describe(what);
const oneDrive = {
  clientId,
  tenantId,
  cloud: z
    .enum(["global", "us_gov", "us_dod", "china"])
    .describe("Microsoft's cloud that the tenant is in; `global` where not given. `us_gov` is GCC High."),
  user: drivePlace("Whose drive the application reads by itself: an id or a sign-in name."),
  drive: drivePlace("The id of the drive that the application reads by itself."),
  site: drivePlace("The id of the SharePoint site whose documents the application reads by itself."),
};

export const connection = z
  .strictObject({
    endpoint,
    accessKey: z.string().max(256).describe("Never shown again."),
    secretKey: z.string().max(256).describe("Never shown again."),
    bucket,
    region,
    addressing,
    host,
    port,
    security,
    username,
    password: z.string().max(500).describe("Never shown again."),
    privateKey: z.string().max(20_000).describe("An Ed25519 or RSA key, the whole file. Never shown again."),
    passphrase: z
      .string()
      .max(500)
      .describe("Of the private key, which is kept without it, encrypted as all keys are."),
    hostKey,
    ...neotelPlace,
    apiUser: z
      .string()
      .max(200)
      .describe("Of Neotel's HTTP API, where it asks for one (HTTP Basic). Never shown again."),
    apiPassword: z.string().max(500).describe("Never shown again."),
    ...oneDrive,
    clientSecret: z.string().max(500).describe("Never shown again."),
    syncFolder: z.string().max(500).describe("The folder to look into: another name of `importPath`."),
  })
  .partial()
  .describe(
    "`s3`: endpoint, accessKey, secretKey, bucket, region, addressing. `sftp`: host, port, username, password or privateKey with its passphrase, hostKey. `ftp`: host, port, security, username, password. `neotel`: the same for its recordings, and `rows`, `baseUrl`, `idTask` and what follows it here. `onedrive`: clientId, clientSecret, tenantId, syncFolder; with user, drive or site the application reads by itself, else a person signs in on the storage's page.",
  );

export const autoImport = {
  enabled: z.boolean().describe("Whether it looks by itself; false: it is paused."),
  pollInterval: z
    .int()
    .min(LEAST_POLL)
    .max(LONGEST_POLL)
    .describe("Seconds from one look to the next; kept within a minute."),
  importPath: z.string().max(500).describe("The folder to look into; `/` for the whole bucket."),
  processedPath: z
    .string()
    .max(500)
    .nullable()
    .describe("Where files are moved once they are taken in; null leaves them where they are."),
  filePatterns: z.array(z.string().max(100)).min(1).max(50).describe("Names of files, with `*` and `?`, in any case."),
  naming: z
    .string()
    .max(300)
    .nullable()
    .describe(
      "How folder and name of a file give facts of its call: `{operator}/{started_at}_{from}_*`; null for none. `{campaign}` is the id, the number or the name of a campaign, or what `campaigns` calls it.",
    ),
  campaigns: z
    .record(z.string().max(200), z.string().max(200))
    .describe(
      "Campaigns, by id or number, by what names of files call them. A file without one belongs to `campaign_id`.",
    ),
  sidecar,
};

const kind = z.enum(["s3", "sftp", "ftp", "neotel", "onedrive"]);

export const newConnector = z.strictObject({
  kind: kind.optional().describe("`s3` where it is not given, and `onedrive` where `connection` has a `clientId`."),
  name: z.string().trim().min(1).max(200),
  campaign_id: z.string().max(200).describe("By id or number: the campaign that its calls belong to."),
  time_zone: z.string().max(100).optional().describe("Zone of times in names of files; UTC where it is not given."),
  connection,
  autoImport: z.strictObject(autoImport).partial().optional(),
  processing: processingRules
    .optional()
    .describe(
      "What is done with its calls, where that is not what the campaign does with all. Needs the permission `campaigns:write`; read and changed at `/v1/campaigns/{id}/processing`.",
    ),
});

export const connectorChanges = z.strictObject({
  name: z.string().trim().min(1).max(200).optional(),
  connection: connection
    .optional()
    .describe(
      "What is not given stays. Another place (endpoint, bucket, addressing; host, port, username, security) needs all keys again, which are given together.",
    ),
  autoImport: z.strictObject(autoImport).partial().optional(),
});

const trouble = z
  .object({
    code: z.string(),
    detail: z.string().describe("What was asked and what it answered."),
    cause: z.string(),
    remedy: z.string(),
    since: z.iso.datetime(),
    count: z.number().int().describe("Looks in a row that ended so."),
  })
  .describe("What is wrong, and what to do about it.");

const example = {
  id: "con_01k3a7w8q0m4x2c9v5b6n7p8r1",
  kind: "s3" as const,
  name: "Recordings of the exchange",
  campaign_id: "cmp_01k3a7w8q0m4x2c9v5b6n7p8r1",
  source_id: "src_01k3a7w8q0m4x2c9v5b6n7p8r1",
  connection: {
    endpoint: "https://s3.amazonaws.com",
    bucket: "authentivoice-audio",
    region: "us-east-1",
    addressing: "auto" as const,
  },
  autoImport: {
    enabled: true,
    pollInterval: 300,
    importPath: "/incoming/",
    processedPath: "/processed/",
    filePatterns: ["*.mp3", "*.wav", "*.m4a"],
    naming: null,
    campaigns: {},
    sidecar: {
      name: "{name}.json",
      fields: { operator: "agent.name", from: "caller", tags: "labels" },
      waitMinutes: 10,
    },
  },
  state: "active" as const,
  status: "active" as const,
  last_sync_at: "2026-08-20T14:00:00.000Z",
  last_success_at: "2026-08-20T14:00:00.000Z",
  next_sync_at: "2026-08-20T14:05:00.000Z",
  success_rate: 1,
  trouble: null,
  imported: 412,
  refused: 0,
  left_files: { empty: { count: 1, names: ["incoming/20260820-140001.wav"] }, taken: { count: 0, names: [] } },
  created_at: "2026-08-20T12:00:00.000Z",
};

const connectorState = z.enum(["active", "failing", "paused", "waiting"]);

export const connector = z
  .object({
    id: z.string(),
    kind,
    name: z.string(),
    campaign_id: z.string(),
    source_id: z.string().describe("The source that its calls belong to: the inbound log names it."),
    connection: z
      .object({
        endpoint,
        bucket,
        region,
        addressing,
        host,
        port,
        security,
        username,
        hostKey,
        ...neotelPlace,
        ...oneDrive,
        syncFolder: z.string(),
      })
      .partial()
      .describe("Those of its kind, without what proves who asks."),
    autoImport: z.object(autoImport),
    state: connectorState.describe("`waiting`: it did not look yet, or not since a change after a look that failed."),
    status: connectorState.describe("The same as `state`, by the name that AuthentiVoice has for it."),
    last_sync_at: z.iso.datetime().nullable().describe("When the last look ended, well or not."),
    last_success_at: z.iso.datetime().nullable(),
    next_sync_at: z.iso.datetime().nullable().describe("Null while it is paused."),
    success_rate: z.number().nullable().describe("The share of looks that reached the end of the list."),
    trouble: trouble.nullable(),
    imported: z.number().int().describe("Files taken in, about: a crash may leave some uncounted."),
    refused: z.number().int().describe("Files left where they are, about."),
    left_files: leftFiles,
    created_at: z.iso.datetime(),
  })
  .openapi("Connector", { example });

export const changedConnector = connector
  .extend({ same_place: samePlace })
  .openapi("ChangedConnector", { example: { ...example, same_place: [] } });

export const createdConnector = connector
  .extend({
    same_place: samePlace,
    warnings: z
      .array(z.enum(["unknown_team", "unknown_engine", "same_place"]))
      .describe(
        "`unknown_team`: no team of that name. `unknown_engine`: no transcription engine of that name is set up. They work once there is one. `same_place`: others look there already, as `same_place` names them.",
      ),
  })
  .openapi("CreatedConnector", { example: { ...example, same_place: [], warnings: [] } });

export const refusedFile = z
  .object({
    id: z.string(),
    name: z.string(),
    size: z.number().int(),
    reason: z.string().nullable().describe("`code: what happened`."),
    found_at: z.iso.datetime(),
  })
  .openapi("RefusedFile", {
    example: {
      id: "0m4x2c9v5b6n7p8r101k3a7w8q",
      name: "incoming/note.mp3",
      size: 2048,
      reason: "not_audio: This is no audio: the file is a page.",
      found_at: "2026-08-20T14:00:00.000Z",
    },
  });
