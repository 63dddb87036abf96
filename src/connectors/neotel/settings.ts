import { z } from "zod";
import { isTimeZone } from "../../platforms";
import { serverFolder } from "../folders/settings";
import { ftpPlace, USUAL_PORTS } from "../ftp/settings";
import { campaignMap, filePatterns, naming } from "../rules/schema";

const column = (name: string) => z.string().trim().min(1).max(100).default(name);
const optional = z.string().trim().min(1).max(100).nullable().default(null);

/** The columns of a row, by what they hold. Those that are named are of Neotel's table of recordings. */
const columns = z.strictObject({
  file: column("GRABACION"),
  at: column("FECHA"),
  campaign: column("IDAPLICACION"),
  operator: column("USUARIO"),
  direction: column("DIRECCION"),
  seconds: column("SECTOT"),
  from: optional,
  to: optional,
  external_id: optional,
});

/** A text in which `{yyyy}`, `{MM}`, `{dd}`, `{HH}`, `{mm}` and `{file}` stand for parts of a row's time and its file. */
const template = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .refine((text) => !text.split("/").some((part) => part === "." || part === ".."), "must not lead out of its folder");

/** What is set of a Neotel connector, beside what proves who asks. */
export const neotelSettings = z
  .strictObject({
    rows: z.enum(["task", "csv"]).default("task"),
    base_url: z.string().trim().max(500).default(""),
    id_task: z.int().min(0).max(1_000_000).nullable().default(null),
    parameters: z.array(z.string().max(200)).max(99).default(["{from}", "{to}"]),
    csv_path: z.string().trim().max(500).default(""),
    columns: columns.default(columns.parse({})),
    direction_map: z
      .record(z.string().trim().min(1).max(50), z.enum(["inbound", "outbound", "internal"]))
      .default({ E: "inbound", S: "outbound" }),
    time_zone: z
      .string()
      .trim()
      .max(100)
      .refine(isTimeZone, "must be a zone as in America/Argentina/Buenos_Aires")
      .default("America/Argentina/Buenos_Aires"),
    overlap_minutes: z.int().min(0).max(1_440).default(15),
    wait_hours: z.int().min(1).max(168).default(24),
    look_back_hours: z.int().min(1).max(2_160).default(72),
    ...ftpPlace,
    audio_path: template.default("/grabaciones/{yyyy}/{MM}/{dd}/{file}"),
    // What every connector has. A row names its file, and nothing is moved on Neotel's server.
    import_path: serverFolder.default(""),
    processed_path: z.null("must be left out: recordings stay where Neotel keeps them").default(null),
    file_patterns: filePatterns.default(["*"]),
    naming,
    campaign_map: campaignMap,
    sidecar: z.null("must be left out: rows say what is known of a call").default(null),
  })
  .superRefine(({ rows, base_url: url, id_task: task, csv_path: path, audio_path: audio }, context) => {
    const wrong = (field: string, message: string) => context.addIssue({ code: "custom", path: [field], message });
    if (rows === "task" && !isBase(url))
      wrong("base_url", "must be an address as in https://neotel.example.com/neoapi/webservice.asmx");
    if (rows === "task" && task === null) wrong("id_task", "is needed");
    if (rows === "csv" && (path === "" || path.split("/").includes("..")))
      wrong("csv_path", "is needed: where the rows lie on the server, as in /cdr/{yyyy}{MM}{dd}.csv");
    if (!audio.includes("{file}")) wrong("audio_path", "must have {file} in it");
  })
  .transform((settings) => ({ ...settings, port: settings.port ?? USUAL_PORTS[settings.security] }));

export type NeotelSettings = z.infer<typeof neotelSettings>;

function isBase(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.search === "" && url.hash === "" && url.username === "";
}

export const neotelCredentials = z.strictObject({
  password: z
    .string({ error: "is needed" })
    .min(1)
    .max(500)
    .regex(/^[^\r\n\0]*$/, "must be one line"),
  api_user: z
    .string()
    .trim()
    .max(200)
    .regex(/^[^:]*$/, "must not have a colon")
    .optional(),
  api_password: z.string().max(500).optional(),
});
