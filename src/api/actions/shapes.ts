import { z } from "@hono/zod-openapi";
import {
  MOST_ACTIONS,
  postCallAction,
  snapshotActions,
  type CallActionsRow,
  type CampaignActions,
} from "../../actions";
import { actionResult, exampleAction } from "../../events";
import { toIso } from "../../lib/time";
import type { TriedAction } from "../../pipeline";

const action = postCallAction.openapi("PostCallAction");

const exampleTag = {
  kind: "tag" as const,
  name: "Mark long calls",
  when: [{ kind: "duration" as const, at_least: 600 }],
  add: ["long"],
};
const exampleEmail = {
  kind: "email" as const,
  name: "Tell the supervisors",
  when: [{ kind: "risk" as const, at_least: 70 }],
  text: "A call with a high risk: please listen to it today.",
};
export const exampleActions = [exampleTag, exampleEmail];

const list = z.array(action).max(MOST_ACTIONS);

export const actionsRequest = z
  .strictObject({
    actions: list.describe("In their order. What is not in the list any more is not done any more."),
    version: z
      .number()
      .int()
      .optional()
      .describe("The one that was read: what somebody else wrote since is a conflict then."),
  })
  .openapi("CampaignActionsRequest", { example: { actions: exampleActions } });

export const campaignActionsView = z
  .object({
    campaign_id: z.string(),
    version: z.number().int().describe("Counted with each change; 0 before the first."),
    actions: z.array(action).describe("Each with its id: what is read can be written back."),
    signed: z.array(z.string()).describe("The ids of those whose requests have a secret of their own."),
    secrets: z
      .record(z.string(), z.string())
      .optional()
      .describe("The secrets that are new, by the ids of their actions. They are shown this once."),
  })
  .openapi("CampaignActions", {
    example: {
      campaign_id: "cmp_01k3a7w8q0m4x2c9v5b6n7p8r1",
      version: 1,
      actions: [
        {
          id: "pca_01k3a7w8q0m4x2c9v5b6n7p8r1",
          kind: "tag",
          name: "Mark long calls",
          enabled: true,
          when: [{ kind: "duration", at_least: 600, at_most: null }],
          add: ["long"],
          remove: [],
        },
      ],
      signed: [],
    },
  });

export const actionTry = z
  .strictObject({
    call_id: z.string().max(200),
    actions: list.optional().describe("Instead of those that the campaign has."),
    ask: z
      .boolean()
      .default(false)
      .describe("Whether engines are really asked. What that costs is counted. Needs `analyses:write` too."),
  })
  .openapi("ActionTry", { example: { call_id: "call_3v5g8k2m9q4t7w0y1z6x3c8b5n", actions: [exampleTag] } });

export const triedActions = z
  .object({
    call_id: z.string(),
    results: z.array(
      z.object({
        name: z.string(),
        kind: actionResult.shape.kind,
        holds: z.boolean().nullable().describe("Whether it would be done; null where that cannot be known."),
        tags: z.array(z.string()).nullable().describe("The tags that the call would have."),
        request: z
          .object({ url: z.string().nullable(), endpoint_id: z.string().nullable(), id: z.string(), body: z.string() })
          .nullable()
          .describe("What would be posted, before it is signed."),
        notified: z.number().int().nullable().describe("How many people would be told."),
        question: z
          .object({
            engine: z.string(),
            text: z.string(),
            micros: z.number().int().describe("What it costs, in millionths of a dollar."),
            answer: z.unknown(),
            failure: z.string().nullable(),
          })
          .nullable(),
      }),
    ),
  })
  .openapi("TriedActions", {
    example: {
      call_id: "call_3v5g8k2m9q4t7w0y1z6x3c8b5n",
      results: [
        {
          name: "Mark long calls",
          kind: "tag",
          holds: true,
          tags: ["long"],
          request: null,
          notified: null,
          question: null,
        },
      ],
    },
  });

export const actionSecret = z
  .object({ action_id: z.string(), secret: z.string().describe("It is shown this once.") })
  .openapi("ActionSecret", {
    example: {
      action_id: "pca_01k3a7w8q0m4x2c9v5b6n7p8r1",
      secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=",
    },
  });

export const callActionsView = z
  .object({
    call_id: z.string(),
    state: z
      .enum(["none", "waiting", "pending", "completed"])
      .describe("`none`: the call has no actions. `waiting`: until its findings have ended."),
    results: z.array(actionResult),
    completed_at: z.iso.datetime().nullable().describe("When they had ended first."),
  })
  .openapi("CallActions", {
    example: {
      call_id: "call_3v5g8k2m9q4t7w0y1z6x3c8b5n",
      state: "completed",
      results: [exampleAction],
      completed_at: "2026-08-20T14:03:22.000Z",
    },
  });

export function viewCampaignActions(
  { campaign, actions, signed, version }: CampaignActions,
  secrets?: Record<string, string>,
): z.infer<typeof campaignActionsView> {
  return {
    campaign_id: campaign.id,
    version,
    actions,
    signed: [...signed],
    ...(secrets !== undefined && { secrets }),
  };
}

export function viewTriedActions(callId: string, tried: readonly TriedAction[]): z.infer<typeof triedActions> {
  return {
    call_id: callId,
    results: tried.map(({ action: { name, kind }, holds, would }) => ({ name, kind, holds, ...would })),
  };
}

export function viewCallActions(callId: string, row: CallActionsRow | undefined): z.infer<typeof callActionsView> {
  return {
    call_id: callId,
    state: row?.state ?? "none",
    results: snapshotActions(row),
    completed_at: toIso(row?.completedAt ?? null),
  };
}
