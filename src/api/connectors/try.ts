import { createRoute, z } from "@hono/zod-openapi";
import { tryRules } from "../../connectors";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { json } from "../shapes";
import { autoImport } from "./shapes";
import { inNamesOfApi, settingsFrom } from "./views";

const MOST_NAMES = 100;
/** In UTF-16 units; a sidecar in a storage may be larger. */
const LONGEST_SIDECAR = 20_000;

const given = z.strictObject({
  autoImport: z
    .strictObject(autoImport)
    .partial()
    .describe("The block as it would be saved; `filePatterns`, `naming` and `sidecar` are tried."),
  samples: z.strictObject({
    names: z
      .array(z.string().min(1).max(1_000))
      .max(MOST_NAMES)
      .default([])
      .describe("Names of files with their folders, as they lie below `importPath`."),
    sidecar: z
      .string()
      .min(1)
      .max(LONGEST_SIDECAR)
      .nullable()
      .default(null)
      .describe("The text of a sidecar, as it would lie beside a recording."),
  }),
});

const tried = z.object({
  files: z.array(
    z.object({
      name: z.string(),
      verdict: z.enum(["take", "skip", "refuse"]),
      reason: z.string().nullable().describe("Why not, as a dry run has it; null where it would be taken in."),
      code: z.string().nullable().describe("Why it would be refused, by its code."),
      fields: z.record(z.string(), z.string()).describe("What its name gives of the call."),
      sidecar: z.string().nullable().describe("The file beside it that would be asked for, below `importPath`."),
    }),
  ),
  sidecar: z.record(z.string(), z.string()).nullable().describe("What the sidecar gives of the call."),
});

const tryOut = createRoute({
  tags: ["Connectors"],
  security: SECURED,
  method: "post",
  path: "/try",
  summary: "Try a connector's rules before it is saved",
  description:
    "What names of files and the text of a sidecar would give of a call. No storage is asked, and nothing is saved: for what lies in one, see the dry run.",
  request: {
    body: {
      required: true,
      ...json(given, {
        autoImport: {
          filePatterns: ["*.mp3", "*.wav", "*.m4a"],
          naming: "{operator}/{started_at}_{from}",
          sidecar: { name: "{name}.json", fields: { operator: "agent.name", tags: "labels" } },
        },
        samples: {
          names: ["Ana Gómez/20260820-140509_+541143210000.wav", "notes.txt"],
          sidecar: '{"agent": {"name": "Ana Gómez"}, "labels": ["vip"]}',
        },
      }),
    },
  },
  responses: {
    200: {
      description: "What they come to",
      ...json(tried, {
        files: [
          {
            name: "Ana Gómez/20260820-140509_+541143210000.wav",
            verdict: "take",
            reason: null,
            code: null,
            fields: { operator: "Ana Gómez", started_at: "2026-08-20 14:05:09", from: "+541143210000" },
            sidecar: "Ana Gómez/20260820-140509_+541143210000.json",
          },
          { name: "notes.txt", verdict: "skip", reason: "pattern", code: null, fields: {}, sidecar: null },
        ],
        sidecar: { operator: "Ana Gómez", tags: "vip" },
      }),
    },
    ...failures(400, 401, 403, 415, 422),
  },
});

/** Trying rules that are not saved. */
export function tryRoutes() {
  return newRouter().openapi(tryOut, (c) => {
    const { autoImport: how, samples } = c.req.valid("json");
    const found = tryRules(settingsFrom({ autoImport: how }).settings ?? {}, samples);
    if (!found.ok) return problem(c, inNamesOfApi(found.error));
    const { names, sidecar } = found.value;
    return c.json({ files: names, sidecar }, 200);
  });
}
