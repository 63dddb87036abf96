import { z } from "zod";
import { NAMED_FIELDS } from "../rules/naming";

/** What a sidecar may say of a call: what names of files may, and the tags that the call gets. */
export const SIDECAR_FIELDS = [...NAMED_FIELDS, "tags"] as const;

const FORM = /^\{(name|file)\}([^/{}]*\.(json|xml|csv))$/i;
const MOST_FIELDS = 50;

/** Any other fact is kept on the call under the name in the brackets. */
const FIELD = new RegExp(`^(?:${SIDECAR_FIELDS.join("|")}|custom\\[[^[\\]]{1,100}\\])$`);

/**
 * A file beside each recording that says what is known of its call. `name` states which one: `{name}.json` lies beside
 * `x.wav` as `x.json`, `{file}.xml` as `x.wav.xml`. `fields`: where in it each fact of the call is found.
 */
export const sidecar = z
  .strictObject({
    name: z
      .string()
      .trim()
      .max(100)
      .regex(FORM, "must begin with {name} or {file} and end in .json, .xml or .csv, as in {name}.json")
      .default("{name}.json"),
    fields: z
      .record(z.string().regex(FIELD, "is no fact of a call"), z.string().trim().min(1).max(200))
      .refine((fields) => Object.keys(fields).length > 0, "must name at least one fact of a call")
      .refine((fields) => Object.keys(fields).length <= MOST_FIELDS, `must name at most ${MOST_FIELDS} facts`),
    wait_minutes: z.int().min(0).max(10_080).default(10),
  })
  .nullable()
  .default(null)
  .describe("The file beside a recording that gives facts of its call; null where there is none.");

export type SidecarRule = NonNullable<z.infer<typeof sidecar>>;

export type SidecarFormat = "json" | "xml" | "csv";

/** How a sidecar of this rule is written, by its ending. */
export function formatOf({ name }: SidecarRule): SidecarFormat {
  return partsOf(name).format;
}

/** Where the sidecar of a recording lies: in the same folder, by the rule. */
export function sidecarOf({ name }: SidecarRule, recording: string): string {
  const { of, rest } = partsOf(name);
  const cut = recording.lastIndexOf("/") + 1;
  const file = recording.slice(cut);
  const dot = file.lastIndexOf(".");
  return `${recording.slice(0, cut)}${of === "file" || dot <= 0 ? file : file.slice(0, dot)}${rest}`;
}

/** Whether a file is the sidecar of some recording: then it is none itself, whatever the patterns say. */
export function isSidecar(rule: SidecarRule | null, path: string): boolean {
  return rule !== null && path.toLowerCase().endsWith(partsOf(rule.name).rest.toLowerCase());
}

function partsOf(name: string): { of: string; rest: string; format: SidecarFormat } {
  const [, of = "name", rest = "", ending = "json"] = FORM.exec(name) ?? [];
  return { of: of.toLowerCase(), rest, format: ending.toLowerCase() as SidecarFormat };
}
