import { z } from "@hono/zod-openapi";
import { riskLevel } from "../../events";
import { toIso } from "../../lib/time";
import { ALERT_LIMITS, FALSE_ALARM_REASONS, type ListedAlert } from "../../quality";
import { ruleEvidence } from "../rules/shapes";

export const alertState = z.enum(["open", "confirmed", "false_alarm"]);
const reason = z.enum(FALSE_ALARM_REASONS);
const note = z.string().trim().max(ALERT_LIMITS.note).nullable();

export const exampleAlert = {
  id: "alr_3v5g8k2m9q4t7w0y1z6x3c8b5n",
  call_id: "call_3v5g8k2m9q4t7w0y1z6x3c8b5n",
  campaign_id: "cmp_01k3a7w8q0m4x2c9v5b6n7p8r1",
  level: "high" as const,
  score: 80,
  state: "false_alarm" as const,
  reason: "expected" as const,
  owner_id: "usr_01k3a7w8q0m4x2c9v5b6n7p8r1",
  note: "The customer asked for it.",
  rules: [
    {
      id: "rul_01k3a7w8q0m4x2c9v5b6n7p8r1",
      name: "Asks for the code",
      version: 3,
      weight: 60,
      evidence: [
        {
          kind: "phrase" as const,
          phrase: "read me the code",
          quote: "please read me the code that we sent",
          speaker: "operator",
          at: 31.2,
        },
      ],
    },
  ],
  platform: ["The caller asked for the one-time code twice."],
  raised_at: "2026-08-20T14:03:34.000Z",
  decided_by: "usr_01k3a7w8q0m4x2c9v5b6n7p8r1",
  decided_at: "2026-08-20T15:00:00.000Z",
};

export const alert = z
  .object({
    id: z.string(),
    call_id: z.string(),
    campaign_id: z.string().nullable(),
    level: riskLevel,
    score: z.number().min(0).max(100).nullable().describe("Null where the platform gave only a level."),
    state: alertState,
    reason: reason.nullable().describe("Why it is a false alarm."),
    owner_id: z.string().nullable().describe("Who sees to it; null for nobody yet."),
    note: z.string().nullable(),
    rules: z
      .array(
        z.object({
          id: z.string(),
          name: z.string().describe("As it was called then."),
          version: z.number().int(),
          weight: z.number(),
          evidence: z.array(ruleEvidence).describe("What it rests on."),
        }),
      )
      .describe("The rules that gave points."),
    platform: z.array(z.string()).describe("What the platform of the call said, in its words."),
    raised_at: z.iso.datetime(),
    decided_by: z.string().nullable().describe("Who confirmed it or called it false."),
    decided_at: z.iso.datetime().nullable(),
  })
  .openapi("Alert", { example: exampleAlert });

export const alertChanges = z
  .strictObject({
    owner_id: z.string().max(200).nullable().optional().describe("Who is to see to it: a member, or a key."),
    state: alertState.optional().describe("`open` takes a decision back."),
    reason: reason.nullable().optional().describe("With `false_alarm`."),
    note: note.optional(),
  })
  .openapi("AlertChanges", {
    example: { state: "false_alarm", reason: "expected", note: "The customer asked for it." },
  });

export function viewAlert({ alert: row, call }: ListedAlert): z.infer<typeof alert> {
  return {
    id: row.id,
    call_id: row.callId,
    campaign_id: call.campaignId,
    level: row.level,
    score: row.score,
    state: row.state,
    reason: reason.safeParse(row.reason).data ?? null,
    owner_id: row.ownerId,
    note: row.note,
    rules: row.fired.flatMap(({ rule, evidence }) => (rule ? [{ ...rule, evidence }] : [])),
    platform: row.fired.flatMap(({ said }) => said),
    raised_at: toIso(row.raisedAt),
    decided_by: row.decidedBy,
    decided_at: toIso(row.decidedAt),
  };
}
