import { describe, it } from "vitest";
import { faultsOf, resolve, type Schema } from "../../json-schema";
import { mintSession } from "../../sign-in";
import { mintErasure, mintTask, NOON } from "../../factories";
import { eq } from "drizzle-orm";
import { analyses, recordings } from "../../../src/db/schema";
import { apiClient, db, deliveryOf } from "./client";
import { CASES, mintWorld, run, type Case, type World } from "./writing-operations";

// The examples of the document are sent, and answers are held against it: what it prints works, and what it says an
// answer has, an answer has.

type Media = Record<string, { schema: Schema; example?: unknown }>;
type Answered = { $ref?: string; content?: Media };
type Operation = {
  security: Record<string, string[]>[];
  parameters?: { name: string; in: string; schema: Schema; example?: unknown }[];
  requestBody?: { content: Media };
  responses: Record<string, Answered>;
};
type Named = { name: string; method: string; path: string; operation: Operation };

const DOCUMENT = (await apiClient().get("/openapi.json")).body;
const OPERATIONS = Object.entries<Record<string, Operation>>(DOCUMENT.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]): Named => {
    const name = `${method.toUpperCase()} ${path}`;
    return { name, method: method.toUpperCase(), path, operation };
  }),
);

const JSON_TYPE = "application/json";

function exampleOf({ schema, example }: Media[string]): unknown {
  if (example !== undefined) return example;
  const ref = schema["$ref"];
  return typeof ref === "string" ? resolve(DOCUMENT, ref)["example"] : schema["example"];
}

/** The ids of an example name what is printed; here they name what there is. */
function withIdsOf(world: World, name: string, value: unknown, at = ""): unknown {
  if (Array.isArray(value)) return value.map((entry) => withIdsOf(world, name, entry, at));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withIdsOf(world, name, inner, key)]));
  if (at === "campaign_id") return world.campaign.id;
  if (at === "reviewer_id") return value === null ? null : world.member.userId;
  if (at === "engine") return world.engine.name;
  if (at === "email" && / \/admin\/\S+-resets$/.test(name)) return world.person.email;
  if (typeof value !== "string") return value;
  const there: Record<string, string> = {
    call: world.call.id,
    task: world.waitingTask.id,
    wh: world.endpoint.id,
    opr: world.other.id,
    org: world.organization.id,
  };
  const kind = /^([a-z]+)_[0-9a-z]{26}$/.exec(value)?.[1];
  return (kind !== undefined && there[kind]) || value;
}

/** The password of the person who sends an example that proves with one who they are. */
const PASSWORDS: Record<string, string> = {
  "POST /v1/me/password": "the present one",
  "POST /v1/me/confirmations": "correct horse battery staple",
};

/** What proves something has to be right, which no print can be: it is understood, and refused for that alone. */
const REFUSED: Record<string, [status: number, field?: string]> = {
  // Nobody has begun to set up an app, or has a passkey of this id.
  "POST /v1/me/totp/confirm": [404],
  "PATCH /v1/me/passkeys/{id}": [404],
  // Nobody of this organization has a second factor yet.
  "PATCH /v1/organization": [409],
  "POST /v1/invitations/accept": [404],
  "POST /v1/password-resets/complete": [404],
  // A sign-in for OneDrive is named by what Microsoft gives back of it.
  "POST /v1/connectors/{id}/sign-in/complete": [404],
  "POST /v1/me/passkeys": [422, "response"],
};

const ADMIN = { authorization: "Bearer operator-token-for-tests-only" };

/** Twilio's secret is the sender's own; the example is for a platform that takes one of ours. */
const ofKind: Record<string, (world: World) => Promise<() => string>> = {
  "POST /v1/sources/{id}/rotate-secret": async ({ organization }) => {
    const made = await apiClient().post("/v1/sources", {
      key: organization.key,
      body: { kind: "audian", name: "Audian" },
    });
    return () => made.body.id;
  },
};

async function ask({ name, method, path, operation }: Named, world: World, body: unknown) {
  const api = apiClient({ sendResetLink: async () => {} });
  const made = await ofKind[name]?.(world);
  const one: Case | undefined = made ? { id: made } : CASES[name];
  await one?.before?.(world, api);
  const ways = new Set(operation.security.flatMap((way) => Object.keys(way)));
  if (one && ways.has("ApiKey"))
    return run(name, { ...one, body: () => body as object }, world, api, { "content-type": JSON_TYPE });
  const headers = ways.has("AdminToken") ? ADMIN : ways.has("Session") ? (await personOf(name, world)).headers : {};
  return api.call(method, path.replace("{id}", world.organization.id), { headers, body });
}

async function personOf(name: string, world: World) {
  const password = PASSWORDS[name];
  const wanted = { organizationId: world.organization.id, now: NOON, ...(password !== undefined && { password }) };
  return mintSession(db, wanted);
}

const WITH_EXAMPLE = OPERATIONS.flatMap((one) => {
  const media = one.operation.requestBody?.content[JSON_TYPE];
  return media === undefined ? [] : [[one.name, one, exampleOf(media), media.schema] as const];
});

describe("examples of bodies", () => {
  it.for(WITH_EXAMPLE)("%s: accepted, and answered as described", async ([name, one, example, schema], { expect }) => {
    expect(faultsOf(DOCUMENT, schema, example)).toEqual([]);
    const world = await mintWorld();
    const sent = withIdsOf(world, name, example);
    const answer = await ask(one, world, sent);
    const refusal = REFUSED[name];
    if (refusal) {
      const fields = answer.status === 422 ? answer.body.errors.map(({ field }: { field: string }) => field) : [];
      expect([answer.status, ...fields]).toEqual(refusal);
      return;
    }
    const described = one.operation.responses[String(answer.status)];
    expect([answer.status, described !== undefined && answer.status < 300, answer.body]).toEqual([
      answer.status,
      true,
      answer.body,
    ]);
    const shape = described?.content?.[JSON_TYPE]?.schema;
    if (shape) expect(faultsOf(DOCUMENT, shape, answer.body, true)).toEqual([]);
    else expect(answer.body).toBe("");
  });

  it.for(WITH_EXAMPLE)("%s: one that is broken is refused", async ([name, one, example], { expect }) => {
    const world = await mintWorld();
    const broken = { ...(withIdsOf(world, name, example) as object), no_such_field: true };
    const answer = await ask(one, world, broken);
    expect([name, answer.status]).toEqual([name, 422]);
    expect(answer.body.errors).toContainEqual(expect.objectContaining({ field: "no_such_field" }));
  });
});

describe("examples of answers", () => {
  const answers = OPERATIONS.flatMap(({ name, operation }) =>
    Object.entries(operation.responses).flatMap(([status, answer]) => {
      const whole = answer.$ref === undefined ? answer : (resolve(DOCUMENT, answer.$ref) as Answered);
      return Object.entries(whole.content ?? {}).map(([type, media]) => [`${name} ${status}`, type, media] as const);
    }),
  );

  it("are as their schemas say", ({ expect }) => {
    const checked = answers.filter(([, type]) => type.endsWith("json"));
    expect(checked.length).toBeGreaterThan(200);
    for (const [name, , media] of checked) {
      const example = exampleOf(media);
      if (example !== undefined) expect([name, faultsOf(DOCUMENT, media.schema, example, true)]).toEqual([name, []]);
    }
  });
});

/** What only some of an organization have, or what has to be asked elsewhere first. */
const NOT_THERE: Record<string, number> = {
  "GET /v1/calls/{id}/transcript": 404,
  "GET /v1/calls/{id}/transcript/original": 404,
  "GET /v1/recordings/{id}/waveform": 404,
  "GET /v1/company-secret": 404,
  "GET /webhooks/{id}/jwks.json": 404,
  "GET /admin/inbound/{id}": 404,
};

describe("answers of reads", () => {
  const paths = OPERATIONS.filter(
    ({ method, operation }) => method === "GET" && operation.responses["200"]?.content?.[JSON_TYPE] !== undefined,
  );

  it.for(paths.map((one) => [one.name, one] as const))("%s is as described", async ([name, one], { expect }) => {
    const world = await mintWorld();
    const api = apiClient();
    api.log.push(deliveryOf({ deliveryId: "x" }));
    const ways = new Set(one.operation.security.flatMap((way) => Object.keys(way)));
    const person =
      ways.has("ApiKey") || ways.has("AdminToken")
        ? undefined
        : await mintSession(db, {
            organizationId: world.organization.id,
            now: NOON,
          });
    const headers = ways.has("AdminToken") ? ADMIN : (person?.headers ?? { "x-api-key": world.key });
    const answer = await api.get(await addressOf(one, world, person?.userId), { headers });
    expect([name, answer.status]).toEqual([name, NOT_THERE[name] ?? 200]);
    const shape = one.operation.responses["200"]?.content?.[JSON_TYPE]?.schema;
    if (answer.status === 200 && shape) expect(faultsOf(DOCUMENT, shape, answer.body, true)).toEqual([]);
  });
});

/** The address of a read, of something that there is, with the parameters that must be there. */
async function addressOf({ path, operation }: Named, world: World, userId = world.member.userId): Promise<string> {
  const prefix = path.split("/{")[0] ?? "";
  const [recording] = await db.select().from(recordings).where(eq(recordings.callId, world.call.id));
  const [analysis] = await db.select().from(analyses).where(eq(analyses.callId, world.call.id));
  const task = await mintTask(db, world.call, recording?.id ?? "");
  const ids: Record<string, string> = {
    "/v1/calls": world.call.id,
    "/v1/recordings": recording?.id ?? "",
    "/v1/analyses": analysis?.id ?? "",
    "/v1/tasks": task.id,
    "/v1/members": userId,
    "/v1/jobs": world.job,
    "/v1/erasures": (await mintErasure(db, world.organization.id)).id,
  };
  const known = Object.entries(CASES).find(([name, one]) => name.includes(` ${prefix}/{id}`) && one.id)?.[1];
  const id = ids[prefix] ?? known?.id?.(world) ?? world.organization.id;
  const query = (operation.parameters ?? [])
    .filter((one) => one.in === "query" && (one as { required?: boolean }).required === true)
    .map((one) => `${one.name}=${encodeURIComponent(textOf(one.example ?? one.schema["example"]))}`);
  const address = path
    .replace("{id}", id)
    .replace("{uuid}", world.call.id)
    .replace("{kind}", "audian")
    .replaceAll(/\{\w+\}/g, "x");
  return query.length === 0 ? address : `${address}?${query.join("&")}`;
}

function textOf(example: unknown): string {
  return typeof example === "string" || typeof example === "number" ? String(example) : "x";
}
