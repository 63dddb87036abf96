import { describe, it } from "vitest";
import { auditLog, secretReveals } from "../../../src/db/schema";
import { newId } from "../../../src/lib/id";
import {
  mintAlert,
  mintAnalysis,
  mintApiKey,
  mintCall,
  mintCampaign,
  mintConnector,
  mintEndpoint,
  mintInbound,
  mintJob,
  mintMember,
  mintOperator,
  mintOrganization,
  mintPolicy,
  mintRecording,
  mintScorecard,
  mintReview,
  mintSource,
  mintTask,
  mintTeam,
  mintTokenIssuer,
  mintUpload,
  NOON,
} from "../../factories";
import { mintSession } from "../../sign-in";
import { apiClient, db, fieldsOf } from "./client";

// What holds for every list of the document: one grammar of times, and one of orders.

const MINUTE = 60_000;
const ADMIN = { authorization: "Bearer operator-token-for-tests-only" };

type Parameter = { name: string; in: string; schema: { enum?: string[]; format?: string } };
type Schema = { $ref?: string; properties?: object };
type Answer = { content?: Record<string, { schema: Schema }> };
type Named = { path: string; parameters: Parameter[]; isList: boolean; hasData: boolean };

async function reads(): Promise<Named[]> {
  const { body } = await apiClient().get("/openapi.json");
  const { schemas } = body.components;
  const named = (schema: Schema | undefined): Schema | undefined =>
    schema?.$ref === undefined ? schema : schemas[schema.$ref.split("/").at(-1) ?? ""];
  return Object.entries<Record<string, { parameters?: Parameter[]; responses: Record<string, Answer> }>>(
    body.paths,
  ).flatMap(([path, { get }]) => {
    if (get === undefined) return [];
    const schema = named(get.responses["200"]?.content?.["application/json"]?.schema);
    const properties = schema?.properties ?? {};
    const parameters = (get.parameters ?? []).filter((one) => one.in === "query");
    const hasData = "data" in properties;
    return [{ path, parameters, hasData, isList: hasData && "next_cursor" in properties }];
  });
}

const READS = await reads();
const at = (index: number) => NOON + index * MINUTE;

/** Three things of a list, one a minute, of which `field` shows the time; and whose list it is, where it is of one thing. */
type Timed = (organizationId: string, index: number) => Promise<unknown>;
const TIMED: Record<string, Timed> = {
  "/v1/calls": (id, index) => mintCall(db, id, { startedAt: at(index) }),
  "/v1/recordings": async (id, index) => mintRecording(db, await mintCall(db, id, { startedAt: at(index) })),
  "/v1/analyses": async (id, index) => {
    const call = await mintCall(db, id, { startedAt: at(index) });
    return mintAnalysis(db, call, "rec_x", { id: `ana_${call.id.slice(5)}_x` });
  },
  "/v1/tasks": async (id, index) => mintTask(db, await mintCall(db, id, { startedAt: at(index) }), "rec_x"),
  "/v1/reviews": async (id, index) =>
    mintReview(db, await mintCall(db, id), { id: "scd_x", version: 1 }, { state: "completed", assignedAt: at(index) }),
  "/v1/inbound": (id, index) => mintInbound(db, id, { id: newId("inb", at(index)), receivedAt: at(index) }),
  "/v1/audit-log": (organizationId, index) =>
    db.insert(auditLog).values({
      organizationId,
      id: `aud_${at(index).toString(16).padStart(12, "0")}${"0".repeat(16)}`,
      at: at(index),
      actor: "system",
      action: "team.created",
      resourceType: "team",
      resourceId: `tem_${index}`,
      before: null,
      after: null,
      address: null,
      requestId: null,
    }),
};

/** What a list is narrowed to, so that what is made on the way is not in it. */
const NARROWED: Record<string, string> = { "/v1/audit-log": "&action=team.created" };

/** Lists of one time filter that say in their own test what it includes: an index, an object, or counted hours. */
const ELSEWHERE = [
  "/v1/calls/{id}/events",
  "/v1/me/notifications",
  "/v1/search",
  "/v1/reports",
  "/v1/reports/criteria",
  "/v1/reports/export",
  "/v1/usage",
  "/v1/endpoints/{id}/log",
  "/v1/endpoints/health",
  "/v1/endpoints/{id}/health",
  "/admin/inbound",
  "/admin/refusals",
];

describe("times in queries", () => {
  const timed = READS.flatMap(({ path, parameters }) =>
    parameters.filter(({ name }) => /^(?:from|to|since|until)$/.test(name)).map(({ name }) => [path, name] as const),
  );

  it("are those of the lists below", ({ expect }) => {
    const paths = new Set(timed.map(([path]) => path));
    expect([...paths].toSorted()).toEqual([...Object.keys(TIMED), ...ELSEWHERE, "/v1/audit-log/export"].toSorted());
  });

  it.for(timed)("%s: `%s` takes ISO 8601 with an offset, and nothing else", async ([path, name], { expect }) => {
    const { id, key } = await mintOrganization(db);
    const thing = path.startsWith("/v1/calls/") ? await mintCall(db, id) : await mintEndpoint(db, id);
    const session = path.startsWith("/v1/me/") && (await mintSession(db, { organizationId: id, now: NOON }));
    const api = apiClient();
    const isDay = path === "/v1/usage" || path.startsWith("/v1/reports");
    const other = name === "from" ? "to" : "from";
    const rest = isDay ? `&${other}=${other === "from" ? "2026-08-01" : "2026-09-01"}` : "";
    const ask = async (value: string) =>
      api.get(`${path.replace("{id}", thing.id)}?${name}=${encodeURIComponent(value)}${rest}`, {
        headers: session ? session.headers : path.startsWith("/admin") ? ADMIN : { "x-api-key": key },
      });
    const good = isDay
      ? ["2026-08-20"]
      : ["2026-08-20T14:00:00Z", "2026-08-20T14:00:00.123Z", "2026-08-20T16:00:00+02:00"];
    for (const value of good) expect([value, (await ask(value)).status]).toEqual([value, 200]);
    const bad = ["yesterday", "1787241600", "2026-08-20T14:00:00", "2026-13-01T00:00:00Z", "", "2026-08-20 14:00"];
    for (const value of isDay ? bad : [...bad, "2026-08-20"]) {
      const refused = await ask(value);
      expect([value, refused.status, fieldsOf(refused)]).toEqual([value, 422, [name]]);
      expect(refused.body.errors[0].message).toMatch(isDay ? /a date, such as/ : /a time in ISO 8601|not be empty/);
    }
  });

  it.for(Object.entries(TIMED))("%s: `from` is included, `to` is not", async ([path, mint], { expect }) => {
    const { id, key } = await mintOrganization(db);
    for (const index of [0, 1, 2]) await mint(id, index);
    const api = apiClient();
    const ids = async (query: string) =>
      (await api.get(`${path}?sort=${sortsOf(path)[1]}${NARROWED[path] ?? ""}${query}`, { key })).body.data.map(
        (one: { id: string }) => one.id,
      );
    const ascending = sortsOf(path)[1]?.startsWith("-") === false;
    const all = ascending ? await ids("") : (await ids("")).toReversed();
    expect(all).toHaveLength(3);
    const [from, to] = [new Date(at(1)).toISOString(), new Date(at(2)).toISOString()];
    expect(await ids(`&from=${from}`)).toEqual(all.slice(1));
    expect(await ids(`&to=${to}`)).toEqual(all.slice(0, 2));
    expect(await ids(`&from=${from}&to=${to}`)).toEqual(all.slice(1, 2));
    expect(await ids(`&from=${to}&to=${from}`)).toEqual([]);
  });
});

function sortsOf(path: string): string[] {
  const list = READS.find((one) => one.path === path);
  return list?.parameters.find(({ name }) => name === "sort")?.schema.enum ?? [];
}

/** Seven things of each list that has an order. */
const SORTED: Record<string, Timed> = {
  ...TIMED,
  "/v1/campaigns": (id) => mintCampaign(db, id),
  "/v1/operators": (id, index) => mintOperator(db, id, `Agent ${"ABCDEFG"[index]}`),
  "/v1/uploads": (id, index) => mintUpload(db, id, { id: newId("upl", at(index)), createdAt: at(index) }),
  "/v1/jobs": (id, index) => mintJob(db, id, { id: newId("job", at(index)), createdAt: at(index) }),
  "/v1/teams": (id) => mintTeam(db, id),
  "/v1/endpoints": (id, index) => mintEndpoint(db, id, { id: newId("wh", at(index)), createdAt: at(index) }),
  "/v1/secret-reveals": (organizationId, index) =>
    db.insert(secretReveals).values({
      organizationId,
      id: newId("rvl", at(index)),
      endpointId: "wh_1",
      apiKeyId: "key_1",
      revealedAt: at(index),
    }),
  "/v1/api-keys": (id) => mintApiKey(db, { organizationId: id }),
  "/v1/token-issuers": (id) => mintTokenIssuer(db, id),
  "/v1/sources": (id) => mintSource(db, id),
  "/v1/members": (id) => mintMember(db, id),
  "/v1/alerts": async (id, index) => mintAlert(db, await mintCall(db, id), { raisedAt: at(index) }),
  "/v1/scorecards": (id) => mintScorecard(db, id),
  "/v1/sla-policies": (id, index) => mintPolicy(db, id, { createdAt: at(index) }),
  "/v1/connectors": (id, index) => mintConnector(db, id, { id: newId("con", at(index)), createdAt: at(index) }),
};

/** Lists of one order only: the newest first, or a table that is short. */
const IN_ONE_ORDER = [
  "/v1/search",
  "/v1/tags",
  "/v1/erasures",
  "/v1/legal-holds",
  "/v1/report-schedules",
  "/v1/report-schedules/{id}/runs",
  "/v1/rules",
  "/v1/jobs/{id}/results",
  "/v1/endpoints/health",
  "/v1/endpoints/{id}/blocked",
  "/v1/connectors/{id}/refused-files",
  "/v1/event-types",
];
/** Answered whole, on one page. */
const WHOLE = [
  "/v1/me/passkeys",
  "/v1/me/sessions",
  "/v1/me/browsers",
  "/v1/me/organizations",
  "/v1/quarantine",
  "/v1/engines",
  "/v1/integrations",
  "/v1/reviewers",
  "/v1/calls/{id}/commenters",
  "/v1/source-kinds",
  "/v1/endpoints/{id}/rotate-secret",
  "/admin/refusals",
  "/admin/health",
];
/** Sorted as their like above or in tests of their own, and reached by an id, mail, a session or the admin's token. */
const SORTED_ALIKE = [
  "/v1/calls/{id}/events",
  "/v1/calls/{id}/comments",
  "/v1/endpoints/{id}/log",
  "/v1/me/notifications",
  "/v1/sla-violations",
  "/v1/operators/{id}/moves",
  "/v1/sources/{id}/reconciliations",
  "/v1/invitations",
  "/admin/inbound",
];

/** A cursor as it was before the order was in it. */
function withoutOrder(cursor: string): string {
  const { order: _, ...position } = JSON.parse(atob(cursor.replaceAll("-", "+").replaceAll("_", "/")));
  return btoa(JSON.stringify(position)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

describe("orders of lists", () => {
  it("are those of the lists below", ({ expect }) => {
    const lists = READS.filter(({ isList }) => isList);
    const sorted = lists.filter(({ path }) => sortsOf(path).length > 0).map(({ path }) => path);
    expect(sorted.toSorted()).toEqual([...Object.keys(SORTED), ...SORTED_ALIKE].toSorted());
    const others = lists.filter(({ path }) => sortsOf(path).length === 0).map(({ path }) => path);
    expect(others.toSorted()).toEqual([...IN_ONE_ORDER, ...WHOLE].toSorted());
    // Reports and usage are no lists, recorded samples are a picture, and /v2 answers in Audian's shape.
    const shapeless = READS.filter(({ hasData, isList }) => hasData && !isList).map(({ path }) => path);
    expect(shapeless.toSorted()).toEqual(
      [
        "/v1/recordings/{id}/waveform",
        "/v1/reports",
        "/v1/reports/criteria",
        "/v1/usage",
        "/v2/webhooks",
        "/v2/webhooks/{id}/logs",
      ].toSorted(),
    );
  });

  it.for(Object.entries(SORTED))("%s: one is the other backwards, page by page", async ([path, mint], { expect }) => {
    const { id, key } = await mintOrganization(db);
    for (let index = 0; index < 7; index += 1) await mint(id, index);
    const api = apiClient();
    const walk = async (sort: string | undefined) => {
      const seen: Record<string, unknown>[] = [];
      let cursor: string | null = null;
      do {
        const page = [sort && `sort=${sort}`, cursor && `cursor=${cursor}`].filter(Boolean).join("&");
        const { body } = await api.get(`${path}?limit=3${NARROWED[path] ?? ""}&${page}`, { key });
        seen.push(...body.data);
        cursor = body.next_cursor;
      } while (cursor !== null);
      return seen;
    };
    const [first = "", second = ""] = sortsOf(path);
    const [byDefault, forward, backward] = [await walk(undefined), await walk(first), await walk(second)];
    expect(byDefault.length).toBeGreaterThanOrEqual(7);
    expect(forward).toEqual(byDefault);
    expect(backward.map((one) => one["id"])).toEqual(forward.map((one) => one["id"]).toReversed());
    const field = first.replace("-", "");
    const ascending = (first.startsWith("-") ? backward : forward).map((one) => one[field]);
    // Records of calls are in the order of their calls, whose time they do not show.
    if (ascending[0] !== undefined)
      expect(ascending).toEqual(ascending.toSorted((one, other) => (one! < other! ? -1 : one! > other! ? 1 : 0)));

    // A cursor belongs to its order, whichever page it leads to; one from before it said so is taken as it was.
    const pageAt = (sort: string, cursor: string) =>
      api.get(`${path}?limit=3${NARROWED[path] ?? ""}&sort=${sort}&cursor=${cursor}`, { key });
    const cursors = [`sort=${first}`, `sort=${second}`, ""].map(async (sort) => {
      const { body } = await api.get(`${path}?limit=3${NARROWED[path] ?? ""}&${sort}`, { key });
      return body.next_cursor as string;
    });
    const [ofFirst = "", ofSecond = "", ofDefault = ""] = await Promise.all(cursors);
    expect(ofDefault).toBe(ofFirst);
    const third = (await pageAt(first, (await pageAt(first, ofFirst)).body.next_cursor)).body.prev_cursor;
    for (const [sort, cursor] of [
      [second, ofFirst],
      [second, third],
      [first, ofSecond],
    ] as const) {
      const other = await pageAt(sort, cursor);
      expect([sort, other.status, fieldsOf(other)]).toEqual([sort, 422, ["cursor"]]);
    }
    for (const sort of [first, second])
      expect([sort, (await pageAt(sort, withoutOrder(ofFirst))).status]).toEqual([sort, 200]);

    const refused = await api.get(`${path}?sort=color`, { key });
    expect([refused.status, fieldsOf(refused)]).toEqual([422, ["sort"]]);
    for (const name of [first, second]) expect(refused.body.errors[0].message).toContain(name);
  });
});
