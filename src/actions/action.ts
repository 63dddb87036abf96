import { z } from "zod";
import { condition } from "../analysis";
import { MAX_TAG_LENGTH, normalizeTag } from "../calls";
import { checkSchema, MOST_SCHEMA } from "./answer-schema";

/** What a campaign can have done with its calls once their findings have ended. */
export const MOST_ACTIONS = 20;
export const ACTION_LIMITS = { name: 80, prompt: 4_000, text: 1_000, conditions: 5 } as const;

const oneTag = z
  .string()
  .trim()
  .min(1)
  .max(MAX_TAG_LENGTH)
  .refine((text) => normalizeTag(text) !== undefined, "is no tag");
const bound = z.number().min(0).max(1_000_000).nullable().default(null);
const limits = { at_least: bound, at_most: bound };

/** What a call itself is, beside what rules look for in it. */
const ofCall = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("outcome"), is: z.enum(["completed", "failed"]) }),
  z.strictObject({ kind: z.literal("direction"), is: z.enum(["inbound", "outbound", "internal"]) }),
  z.strictObject({ kind: z.literal("duration"), ...limits }).describe("Seconds, as the platform counts them."),
  z.strictObject({ kind: z.literal("risk"), ...limits }).describe("0 to 100."),
  z.strictObject({ kind: z.literal("tag"), tag: oneTag, has: z.boolean().default(true) }),
  z
    .strictObject({
      kind: z.literal("answer"),
      action: z
        .string()
        .min(1)
        .max(ACTION_LIMITS.name)
        .describe("The name of an action before this one that asks an engine."),
      field: z
        .string()
        .min(1)
        .max(100)
        .nullable()
        .default(null)
        .describe("A key of its answer; null for one in words."),
      is: z
        .array(z.string().max(200))
        .min(1)
        .max(20)
        .describe("Any of these, in any case; numbers and `true` as text."),
    })
    .describe("What an engine answered before."),
]);

export const actionCondition = z.union([condition, ofCall]);
export type ActionCondition = z.output<typeof actionCondition>;

const name = z.string().trim().min(1).max(ACTION_LIMITS.name);
const common = {
  id: z
    .string()
    .max(60)
    .optional()
    .describe("Of one that is there already: it keeps its secret. Without, it is a new one."),
  name: name.describe("Its name: results, the timeline and later conditions have it."),
  enabled: z.boolean().default(true),
  when: z
    .array(actionCondition)
    .max(ACTION_LIMITS.conditions)
    .default([])
    .describe("All of them have to hold; what cannot be known does not. None: with every call."),
};
const tags = z.array(oneTag).max(20);
const id = z.string().min(1).max(200);
const text = z.string().trim().min(1).max(ACTION_LIMITS.text);

const tag = z
  .strictObject({ kind: z.literal("tag"), ...common, add: tags.default([]), remove: tags.default([]) })
  .refine(({ add, remove }) => add.length + remove.length > 0, "must name a tag");

const assign = z
  .strictObject({
    kind: z.literal("assign"),
    ...common,
    reviewer_id: id.nullable().default(null).describe("The person or key that is to review the call."),
    team_id: id.nullable().default(null).describe("The team whose task it is."),
    due_hours: z
      .number()
      .positive()
      .max(8_760)
      .nullable()
      .default(null)
      .describe("Hours from then on; null: as it was."),
  })
  .refine(({ reviewer_id: one, team_id: team }) => (one === null) !== (team === null), "needs a reviewer or a team");

const webhook = z
  .strictObject({
    kind: z.literal("webhook"),
    ...common,
    url: z
      .string()
      .max(2_000)
      .nullable()
      .default(null)
      .describe("Where it is posted, signed with a secret of its own."),
    endpoint_id: id.nullable().default(null).describe("An endpoint: its address, signed as its events are."),
  })
  .refine(
    ({ url, endpoint_id: endpoint }) => (url === null) !== (endpoint === null),
    "needs an address or an endpoint",
  );

const email = z
  .strictObject({
    kind: z.literal("email"),
    ...common,
    user_id: id.nullable().default(null).describe("One member."),
    team_id: id
      .nullable()
      .default(null)
      .describe("The members of a team. Neither: everybody who may see the call's alerts."),
    text: text.describe("The letter, before the link to the call. Nothing of the call itself leaves by mail."),
  })
  .refine(({ user_id: one, team_id: team }) => one === null || team === null, "is for a person or a team");

const ask = z
  .strictObject({
    kind: z.literal("ask"),
    ...common,
    engine: z.string().min(1).max(40).describe("A language model, by name (`GET /v1/engines`)."),
    prompt: z
      .string()
      .trim()
      .min(1)
      .max(ACTION_LIMITS.prompt)
      .describe("The question. What was said goes with it, as data."),
    schema: z
      .record(z.string(), z.unknown())
      .nullable()
      .default(null)
      .describe(
        `The form of the answer as a JSON Schema of at most ${MOST_SCHEMA} characters: objects, lists, texts, numbers, \`enum\`, \`required\` and limits. Null: an answer in words.`,
      ),
  })
  .superRefine(({ schema }, context) => {
    const checked = schema === null ? undefined : checkSchema(schema);
    if (checked && !checked.ok) context.addIssue({ code: "custom", path: ["schema"], message: checked.error });
  });

/** One thing that is done with a call, and when. */
export const postCallAction = z.discriminatedUnion("kind", [tag, assign, webhook, email, ask]);

export type PostCallAction = z.output<typeof postCallAction>;
export type ActionKind = PostCallAction["kind"];
export const ACTION_KINDS = ["tag", "assign", "webhook", "email", "ask"] as const satisfies readonly ActionKind[];
/** One that is kept: it has its id. */
export type KeptAction = PostCallAction & { id: string };
