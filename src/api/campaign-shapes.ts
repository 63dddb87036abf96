import { z } from "@hono/zod-openapi";
import { PROCESSED_AFTER_MINUTES, redactedIn, type CampaignRow } from "../campaigns";
import { PII_KINDS } from "../db/schema";
import { toIso } from "../lib/time";

/** The settings of a campaign. */
export const settings = z.strictObject({
  auto_analyze: z.boolean().describe("Whether a recording is analysed as soon as it is stored."),
  notify_on_complete: z
    .boolean()
    .describe(
      "Whether people are notified when a call and what follows of it is done: its team, or all who may see it.",
    ),
  engines: z
    .array(z.string().max(40))
    .max(4)
    .describe(
      "The engines that transcribe its recordings, and those that score what was said, by name (`GET /v1/engines`).",
    ),
  language: z
    .string()
    .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)
    .nullable()
    .describe("What its callers speak, as `es` or `en-AU`; null: engines find out."),
  keyterms: z
    .array(z.string().trim().min(1).max(100))
    .max(100)
    .describe("Names and words that engines should know, the most important first."),
  sum_up: z
    .boolean()
    .describe(
      "Whether language models among its engines also give a summary, topics and sentiment of each call (`score_sets[].about`).",
    ),
  topics: z.array(z.string().trim().min(1).max(60)).max(50).describe("The topics that they may name; none: any."),
  inference_policy: z
    .enum(["eu"])
    .nullable()
    .describe(
      "`eu`: engines infer nothing of what operators feel (AI Act, Article 5 (1) f): their channel is not scored, nor one that carries everyone.",
    ),
  indicators: z
    .boolean()
    .describe("Whether figures are made of the measures by formula (`score_sets`): indicators, not validated."),
  processed_after_minutes: z
    .number()
    .int()
    .min(1)
    .max(1440)
    .describe("When `call.processed` is sent after the end of a call, whatever is still missing."),
  redact: z
    .array(z.enum(PII_KINDS))
    .max(PII_KINDS.length)
    .nullable()
    .describe(
      "What is masked in the transcripts of its calls and muted in their recordings, for everybody without `originals:read`; `[]` for nothing, null for what the organization says. Taking out less needs that permission.",
    ),
  keep_originals: z
    .boolean()
    .describe(
      "`false`: the recording as it came and its words are deleted once what `redact` takes out is verified. Nothing brings them back, so it needs `privacy:erase` and `confirm_irreversible`.",
    ),
  assign_to_team: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .nullable()
    .describe("The team that gets the tasks of its calls, by name; null for none."),
});

/** Settings that are asked for: what is left out stays as it is. */
export type WantedSettings = Partial<z.infer<typeof settings>> | undefined;

export const campaign = z
  .object({
    id: z.string(),
    number: z.number().int().describe("Counted from 1 in each organization: what people type into a phone system."),
    name: z.string(),
    settings,
    redacts: z
      .array(z.enum(PII_KINDS))
      .describe("What is taken out of its calls, by its own setting or the organization's."),
    warnings: z
      .array(z.enum(["unknown_team"]))
      .describe("`unknown_team`: there is no team of the name in `assign_to_team`, so its tasks are unassigned."),
    created_at: z.iso.datetime(),
    archived_at: z.iso.datetime().nullable(),
  })
  .openapi("Campaign", {
    example: {
      id: "cmp_01k3a7w8q0m4x2c9v5b6n7p8r1",
      number: 7,
      name: "Renewals",
      settings: {
        auto_analyze: true,
        engines: ["deepgram"],
        language: "en-AU",
        keyterms: ["Trunkline", "no-claims bonus"],
        sum_up: true,
        topics: ["renewal", "claim", "cancellation"],
        inference_policy: null,
        indicators: false,
        processed_after_minutes: 15,
        notify_on_complete: false,
        redact: ["card_number", "card_code", "card_expiry"],
        keep_originals: true,
        assign_to_team: "Default reviewers",
      },
      redacts: ["card_number", "card_code", "card_expiry"],
      warnings: [],
      created_at: "2026-08-20T14:00:00.000Z",
      archived_at: null,
    },
  });

/** A campaign as the API shows it. */
export function viewCampaign(row: CampaignRow): z.infer<typeof campaign> {
  return {
    id: row.id,
    number: row.number,
    name: row.name,
    settings: {
      auto_analyze: row.settings.autoAnalyze,
      engines: row.settings.engines ?? [],
      language: row.settings.language ?? null,
      keyterms: row.settings.keyterms ?? [],
      sum_up: row.settings.sumUp ?? false,
      topics: row.settings.topics ?? [],
      inference_policy: row.settings.policy ?? null,
      indicators: row.settings.indicators ?? false,
      processed_after_minutes: row.settings.processedAfterMinutes ?? PROCESSED_AFTER_MINUTES,
      notify_on_complete: row.settings.notifyOnComplete ?? false,
      redact: row.settings.redact ?? null,
      keep_originals: row.settings.dropOriginals !== true,
      assign_to_team: row.settings.assignToTeam ?? null,
    },
    redacts: [...redactedIn(row.settings)],
    warnings: row.settings.assignToTeam !== undefined && row.settings.teamId === undefined ? ["unknown_team"] : [],
    created_at: toIso(row.createdAt),
    archived_at: toIso(row.archivedAt),
  };
}

/** Settings as functions take them. */
export function settingsFrom(wanted: WantedSettings) {
  return (
    wanted && {
      autoAnalyze: wanted.auto_analyze,
      notifyOnComplete: wanted.notify_on_complete,
      assignToTeam: wanted.assign_to_team,
      redact: wanted.redact,
      dropOriginals: wanted.keep_originals === undefined ? undefined : !wanted.keep_originals,
      engines: wanted.engines,
      language: wanted.language,
      keyterms: wanted.keyterms,
      sumUp: wanted.sum_up,
      topics: wanted.topics,
      policy: wanted.inference_policy,
      indicators: wanted.indicators,
      processedAfterMinutes: wanted.processed_after_minutes,
    }
  );
}
