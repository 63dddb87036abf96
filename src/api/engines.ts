import { createRoute, z } from "@hono/zod-openapi";
import {
  createEngine,
  deleteEngine,
  listEngines,
  MICROS,
  MICROS_PER_MINUTE,
  MOST_OTHER_MODELS,
  offeredNames,
  readEngine,
  tryEngine,
  updateEngine,
  wrongScores,
  type EngineInput,
  type EngineRow,
  type OtherModel,
} from "../analysis";
import { may, recordAct } from "../identity";
import { toIso } from "../lib/time";
import { tryScoresOnCall } from "../pipeline";
import { operatorChannelOf } from "../sources";
import { actOf, withinOf } from "./authenticate";
import { ownScores, scoreTry, triedScores, viewTriedScores } from "./engine-scores";
import { failures, problem } from "./problem";
import { newRouter } from "./router";
import { SECURED } from "./security";
import { idParam, json, listOf, wholeOf } from "./shapes";

const example = {
  id: "eng_01k3a7w8q0m4x2c9v5b6n7p8r1",
  name: "deepgram",
  kind: "deepgram" as const,
  url: null,
  model: "nova-3",
  dollars_per_minute: 0.0077,
  other_models: [{ model: "nova-2", dollars_per_minute: 0.0059 }],
  scores: [],
  has_key: true,
  created_at: "2026-08-20T14:00:00.000Z",
};

const otherModels = z
  .array(
    z.strictObject({
      model: z.string().trim().min(1).max(100),
      dollars_per_minute: z.number().min(0).max(10),
    }),
  )
  .max(MOST_OTHER_MODELS)
  .describe("Models of the same server that calls may be heard again with, each with its price.");

const engine = z
  .object({
    id: z.string(),
    name: z.string().describe("What campaigns, findings and events call it."),
    kind: z.enum(["openai", "deepgram", "llm", "http"]),
    url: z.string().nullable().describe("Its server; null for the one that the kind has."),
    model: z.string().nullable().describe("Null for the one that the kind usually has."),
    dollars_per_minute: z.number().describe("What a minute of sound costs, as it is counted against the cap."),
    other_models: otherModels,
    scores: ownScores,
    has_key: z.boolean().describe("The key itself is never shown."),
    created_at: z.iso.datetime(),
  })
  .openapi("Engine", { example });

const listed = listOf(engine)
  .extend({
    offered: z.array(z.string()).describe("Engines that the deployment has for every organization, by name."),
  })
  .openapi("Engines", { example: { data: [example], next_cursor: null, offered: ["local"] } });

const url = z.url({ protocol: /^https?$/ }).max(500);
const key = z.string().trim().min(1).max(500);
const settings = {
  url: url.nullable(),
  model: z.string().trim().min(1).max(100).nullable(),
  dollars_per_minute: z
    .number()
    .min(0)
    .max(10)
    .nullable()
    .describe(
      `Null for what the kind usually costs: ${MICROS_PER_MINUTE.openai / MICROS} (openai), ${MICROS_PER_MINUTE.deepgram / MICROS} (deepgram), or an estimate of ${MICROS_PER_MINUTE.llm / MICROS} a minute of speech (llm); 0 (http).`,
    ),
  other_models: otherModels,
  scores: ownScores,
  key: key.nullable().describe("Sealed, and never read again; null for a server that asks for none."),
};
const input = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/)
    .describe("Small letters, digits and hyphens."),
  kind: z.enum(["openai", "deepgram", "llm", "http"]),
  url: settings.url.default(null),
  model: settings.model.default(null),
  dollars_per_minute: settings.dollars_per_minute.default(null),
  other_models: settings.other_models.default([]),
  scores: settings.scores.default([]),
  key: settings.key.default(null),
});
const changes = z.strictObject(settings).partial();

const common = { tags: ["Engines"], security: SECURED };

const list = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "List the engines that transcribe or score, by name",
  responses: { 200: { description: "The engines", ...json(listed) }, ...failures(401, 403) },
});

const create = createRoute({
  ...common,
  method: "post",
  path: "/",
  summary: "Add an engine",
  description:
    "`openai` is any server that speaks OpenAI's `/v1/audio/transcriptions`; `deepgram` is Deepgram's API; `llm` is a language model behind OpenAI's `/v1/chat/completions`, which scores the words that another engine of the same campaign heard; `http` is a server of your own that is handed a signed link to the recording and answers with scores, at once or later. A campaign names the engines of its recordings in its settings.",
  request: {
    body: {
      required: true,
      ...json(input, { name: "deepgram", kind: "deepgram", model: "nova-3", key: "0123456789" }),
    },
  },
  responses: { 201: { description: "The engine", ...json(engine) }, ...failures(400, 401, 403, 409, 415, 422) },
});

const read = createRoute({
  ...common,
  method: "get",
  path: "/{id}",
  summary: "Read an engine",
  request: { params: idParam },
  responses: { 200: { description: "The engine", ...json(engine) }, ...failures(401, 403, 404) },
});

const update = createRoute({
  ...common,
  method: "patch",
  path: "/{id}",
  summary: "Change an engine",
  description: "Another `url` takes the key away, unless a key is sent with it: it was meant for the server before.",
  request: { params: idParam, body: { required: true, ...json(changes, { model: "nova-3" }) } },
  responses: { 200: { description: "The engine", ...json(engine) }, ...failures(400, 401, 403, 404, 415, 422) },
});

const remove = createRoute({
  ...common,
  method: "delete",
  path: "/{id}",
  summary: "Delete an engine",
  description:
    "Its transcripts stay. Campaigns that name it go on without; analyses that ask for it say why it failed.",
  request: { params: idParam },
  responses: { 204: { description: "It is gone" }, ...failures(401, 403, 404) },
});

const tried = z
  .object({
    ok: z.boolean(),
    version: z.string().nullable().describe("The model it was asked for."),
    milliseconds: z.number().int().describe("How long it took to answer."),
    reason: z.string().nullable().describe("What an analysis would say of it; null where the answer could be read."),
  })
  .openapi("TriedEngine", {
    example: { ok: false, version: "nova-3", milliseconds: 212, reason: "refused: HTTP 401: Invalid credentials." },
  });

const test = createRoute({
  ...common,
  method: "post",
  path: "/{id}/test",
  summary: "Test an engine",
  description: "Sends it a second of a tone, as it is sent speech. What its server bills for that is not counted.",
  request: { params: idParam },
  responses: { 200: { description: "What came of it", ...json(tried) }, ...failures(401, 403, 404) },
});

const tryOut = createRoute({
  ...common,
  method: "post",
  path: "/{id}/scores/try",
  summary: "Try scores of your own on a past call",
  description:
    "Has the language model score the newest transcript of a call by scores that are not saved. Nothing is written, but what it costs is counted. Needs `analyses:read` too.",
  request: { params: idParam, body: { required: true, ...json(scoreTry) } },
  responses: {
    200: { description: "What they come to", ...json(triedScores) },
    ...failures(400, 401, 403, 404, 415, 422),
  },
});

/** `/v1/engines` */
export function engineRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { db, offeredEngines } = c.var.deps;
      const rows = await listEngines(db, c.var.caller.organizationId);
      return c.json({ ...wholeOf(rows.map(viewEngine)), offered: offeredNames(offeredEngines) }, 200);
    })
    .openapi(create, async (c) => {
      const { dollars_per_minute: dollars, other_models: others, ...rest } = c.req.valid("json");
      const given: EngineInput = { ...rest, microsPerMinute: microsOf(dollars), otherModels: modelsFrom(others) };
      const made = await createEngine(c.var.deps, c.var.caller.organizationId, given, actOf(c));
      return made.ok ? c.json(viewEngine(made.value), 201) : problem(c, made.error);
    })
    .openapi(read, async (c) => {
      const target = { organizationId: c.var.caller.organizationId, id: c.req.valid("param").id };
      const found = await readEngine(c.var.deps.db, target);
      return found.ok ? c.json(viewEngine(found.value), 200) : problem(c, found.error);
    })
    .openapi(update, async (c) => {
      const target = { organizationId: c.var.caller.organizationId, id: c.req.valid("param").id };
      const { dollars_per_minute: dollars, other_models: others, ...rest } = c.req.valid("json");
      const given = {
        ...rest,
        ...(dollars === undefined ? {} : { microsPerMinute: microsOf(dollars) }),
        ...(others === undefined ? {} : { otherModels: modelsFrom(others) }),
      };
      const changed = await updateEngine(c.var.deps, target, given);
      return changed.ok ? c.json(viewEngine(changed.value), 200) : problem(c, changed.error);
    })
    .openapi(test, async (c) => {
      const { deps } = c.var;
      const target = { organizationId: c.var.caller.organizationId, id: c.req.valid("param").id };
      const found = await readEngine(deps.db, target);
      if (!found.ok) return problem(c, found.error);
      const { organizationId } = target;
      const act = {
        organizationId,
        action: "engine.tested" as const,
        resourceType: "engine",
        resourceIds: [target.id],
      };
      await recordAct(deps.db, act, actOf(c));
      const { version, milliseconds, failure } = await tryEngine(deps, { organizationId, name: found.value.name });
      return c.json({ ok: failure === null, version, milliseconds, reason: failure }, 200);
    })
    .openapi(tryOut, async (c) => {
      const { deps, caller } = c.var;
      if (!may(caller, "analyses:read")) return problem(c, { kind: "permission_missing", permission: "analyses:read" });
      const { organizationId } = caller;
      const found = await readEngine(deps.db, { organizationId, id: c.req.valid("param").id });
      if (!found.ok) return problem(c, found.error);
      const { call_id: callId, scores } = c.req.valid("json");
      const wrong = wrongScores(scores);
      if (wrong) return problem(c, wrong);
      const operatorChannel = (source: { organizationId: string; id: string }) => operatorChannelOf(deps.db, source);
      const asked = { engine: found.value.name, callId, scores };
      const outcome = await tryScoresOnCall({ ...deps, operatorChannel }, withinOf(c), asked);
      return outcome.ok ? c.json(viewTriedScores(callId, outcome.value), 200) : problem(c, outcome.error);
    })
    .openapi(remove, async (c) => {
      const target = { organizationId: c.var.caller.organizationId, id: c.req.valid("param").id };
      const gone = await deleteEngine(c.var.deps.db, target);
      return gone.ok ? c.body(null, 204) : problem(c, gone.error);
    });
}

function viewEngine({ id, name, kind, settings: has, credentials, createdAt }: EngineRow): z.infer<typeof engine> {
  return {
    id,
    name,
    kind,
    url: has.url,
    model: has.model,
    dollars_per_minute: has.microsPerMinute / MICROS,
    other_models: (has.otherModels ?? []).map((one) => ({
      model: one.model,
      dollars_per_minute: one.microsPerMinute / MICROS,
    })),
    scores: [...(has.scores ?? [])],
    has_key: credentials !== null,
    created_at: toIso(createdAt),
  };
}

function modelsFrom(given: z.infer<typeof otherModels>): OtherModel[] {
  return given.map(({ model, dollars_per_minute: dollars }) => ({
    model,
    microsPerMinute: Math.round(dollars * MICROS),
  }));
}

function microsOf(dollars: number | null): number | null {
  return dollars === null ? null : Math.round(dollars * MICROS);
}
