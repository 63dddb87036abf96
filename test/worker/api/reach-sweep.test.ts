import { describe, it, vi } from "vitest";
import { apiRoutes } from "../../../src/api";
import { permissionOf, ROUTE_PERMISSIONS, SELF } from "../../../src/api/permissions";
import type * as identityModule from "../../../src/identity";
import { addTeamMember, FULL_REACH, reachOfMember, REACH_OF_PERMISSIONS, type Reach } from "../../../src/identity";
import {
  ACT_AT_NOON,
  mintCall,
  mintEndpoint,
  mintMember,
  mintOrganization,
  mintSource,
  mintTeam,
} from "../../factories";
import { apiClient, db } from "./client";
import { BODIES, everything, mintPart, type Part } from "./part";

/** The reaches of organizations whose key stands for somebody with a limited membership. */
const limited = vi.hoisted(() => new Map<string, Reach>());

vi.mock("../../../src/identity", async (original) => {
  const identity = await original<typeof identityModule>();
  return {
    ...identity,
    authenticate: async (...given: Parameters<typeof identity.authenticate>) => {
      const caller = await identity.authenticate(...given);
      const reach = caller.ok ? limited.get(caller.value.organizationId) : undefined;
      return caller.ok && reach ? { ok: true, value: { ...caller.value, reach } } : caller;
    },
  };
});

/** How the reach applies to a route, and so how it is tried. */
type Way =
  /** It names a thing by its id: one beyond reach looks missing. */
  | "named"
  /** It lists: what is beyond reach is not in it. */
  | "listed"
  /** Its body names things: see the cases of bodies. */
  | "body"
  /** It goes on as long as somebody listens. */
  | "stream"
  /** It answers everybody the same, or about themselves. */
  | "constant";

const ROUTES: Record<string, Way> = {
  "GET /v1/campaigns": "listed",
  "POST /v1/campaigns": "body",
  "GET /v1/campaigns/:id": "named",
  "PATCH /v1/campaigns/:id": "named",
  "GET /v1/campaigns/:id/processing": "named",
  "PUT /v1/campaigns/:id/processing": "named",
  "POST /v1/campaigns/:id/processing/try": "named",
  "GET /v1/campaigns/:id/reviewing": "named",
  "PUT /v1/campaigns/:id/reviewing": "named",
  "GET /v1/campaigns/:id/actions": "named",
  "PUT /v1/campaigns/:id/actions": "named",
  "POST /v1/campaigns/:id/actions/try": "named",
  "GET /v1/calls/:id/actions": "named",
  "POST /v1/calls/:id/actions/retry": "named",
  "GET /v1/reviewers": "listed",
  "GET /v1/sla-policies": "listed",
  "POST /v1/sla-policies": "body",
  "GET /v1/sla-policies/:id": "named",
  "DELETE /v1/sla-policies/:id": "named",
  "GET /v1/sla-violations": "listed",
  "PUT /v1/reviewers/:id/absence": "constant",
  "DELETE /v1/reviewers/:id/absence": "constant",
  "GET /v1/operators": "listed",
  "GET /v1/operators/:id": "named",
  "GET /v1/operators/:id/moves": "named",
  "GET /v1/calls": "listed",
  "GET /v1/calls/:id": "named",
  "GET /v1/calls/:id/events": "named",
  "POST /v1/calls/:id/campaign": "named",
  "GET /v1/calls/:id/comments": "named",
  "POST /v1/calls/:id/comments": "named",
  "PATCH /v1/calls/:id/comments/:commentId": "named",
  "DELETE /v1/calls/:id/comments/:commentId": "named",
  "GET /v1/calls/:id/commenters": "named",
  "POST /v1/calls/:id/tags": "named",
  "DELETE /v1/calls/:id/tags/:tag": "named",
  "DELETE /v1/calls/:id": "named",
  "GET /v1/erasures": "listed",
  "GET /v1/erasures/:id": "named",
  // Who is limited sees none.
  "GET /v1/legal-holds": "listed",
  "GET /v1/retention": "listed",
  "GET /v1/reports": "listed",
  "GET /v1/reports/criteria": "listed",
  "GET /v1/reports/export": "listed",
  // Who is limited sees their own: report-schedules.test.ts.
  "GET /v1/report-schedules": "listed",
  "POST /v1/report-schedules": "body",
  "GET /v1/report-schedules/:id": "named",
  "PATCH /v1/report-schedules/:id": "named",
  "DELETE /v1/report-schedules/:id": "named",
  "POST /v1/report-schedules/:id/send": "named",
  "GET /v1/report-schedules/:id/runs": "named",
  "GET /v1/tags": "listed",
  "GET /v1/search": "listed",
  "POST /v1/bulk": "body",
  "GET /v1/jobs": "listed",
  "GET /v1/jobs/:id": "named",
  "GET /v1/jobs/:id/results": "named",
  "POST /v1/jobs/:id/cancel": "named",
  "POST /v1/jobs/:id/undo": "named",
  "GET /v1/calls/:id/transcript": "named",
  "POST /v1/calls/:id/transcript": "named",
  "GET /v1/quarantine": "listed",
  "POST /v1/quarantine/resolve": "body",
  "GET /v1/recordings": "listed",
  "GET /v1/recordings/:id": "named",
  "GET /v1/recordings/:id/waveform": "named",
  "GET /v1/recordings/:id/original": "named",
  "GET /v1/calls/:id/transcript/original": "named",
  "GET /v1/tasks": "listed",
  "GET /v1/tasks/:id": "named",
  "POST /v1/tasks/:id/assign": "named",
  "POST /v1/tasks/:id/state": "named",
  "GET /v1/reviews": "listed",
  // Who takes the next call is given one within reach: reviews.test.ts.
  "POST /v1/reviews/take": "body",
  "GET /v1/reviews/:id": "named",
  "PATCH /v1/reviews/:id": "named",
  "POST /v1/reviews/:id/resume": "named",
  "POST /v1/reviews/:id/submit": "named",
  "POST /v1/reviews/:id/undo": "named",
  "POST /v1/reviews/:id/skip": "named",
  "POST /v1/reviews/:id/escalate": "named",
  "POST /v1/reviews/:id/second-opinion": "named",
  "GET /v1/tasks/:id/opinions": "named",
  "PUT /v1/tasks/:id/opinions": "named",
  "POST /v1/tasks/:id/decide": "named",
  "POST /v1/reviews/:id/return": "named",
  "GET /v1/alerts": "listed",
  "GET /v1/alerts/export": "listed",
  "GET /v1/alerts/:id": "named",
  "PATCH /v1/alerts/:id": "named",
  "GET /v1/scorecards": "listed",
  // It is given the whole scorecard, and reads none.
  "POST /v1/scorecards/try": "constant",
  "GET /v1/scorecards/:id": "named",
  "GET /v1/analyses": "listed",
  "POST /v1/analyses": "body",
  "GET /v1/analyses/:id": "named",
  // What is heard is filtered event by event: test/worker/event-stream.test.ts.
  "GET /v1/events/stream": "stream",
  "GET /v1/integrations": "listed",
  "GET /v1/api-keys": "listed",
  "POST /v1/api-keys": "body",
  "GET /v1/api-keys/permissions": "constant",
  "POST /v1/api-keys/:id/rotate": "named",
  "DELETE /v1/api-keys/:id": "named",
  "GET /v1/sources": "listed",
  "POST /v1/sources": "body",
  "GET /v1/sources/:id": "named",
  "PATCH /v1/sources/:id": "named",
  "DELETE /v1/sources/:id": "named",
  "GET /v1/sources/:id/health": "named",
  "GET /v1/sources/:id/guide": "named",
  "POST /v1/sources/:id/try": "named",
  "POST /v1/sources/:id/samples": "named",
  "GET /v1/sources/:id/reconciliations": "named",
  "POST /v1/sources/:id/reconciliations": "named",
  "POST /v1/source-mappings/try": "constant",
  "GET /v1/source-kinds": "constant",
  "GET /v1/source-kinds/:kind": "constant",
  "GET /v1/connectors": "listed",
  "POST /v1/connectors": "body",
  "POST /v1/connectors/try": "constant",
  "GET /v1/connectors/:id": "named",
  "PATCH /v1/connectors/:id": "named",
  "DELETE /v1/connectors/:id": "named",
  "POST /v1/connectors/:id/test": "named",
  "POST /v1/connectors/:id/dry-run": "named",
  "POST /v1/connectors/:id/sync": "named",
  "POST /v1/connectors/:id/sign-in": "named",
  "POST /v1/connectors/:id/sign-in/complete": "named",
  "GET /v1/connectors/:id/refused-files": "named",
  "POST /v1/connectors/:id/refused-files/:file_id/retry": "named",
  "GET /v1/inbound": "listed",
  "GET /v1/inbound/:id": "named",
  "POST /v1/inbound/:id/replay": "named",
  "POST /v1/inbound/replay": "body",
  "POST /v1/tokens": "constant",
  "GET /v1/uploads": "listed",
  "POST /v1/uploads": "body",
  "GET /v1/uploads/:id": "named",
  "DELETE /v1/uploads/:id": "named",
  "POST /v1/part-uploads": "body",
  "GET /v1/part-uploads/:id": "named",
  "POST /v1/part-uploads/:id/complete": "named",
  "POST /v1/uploads/tus": "body",
  "POST /v1/uploads/tus/": "body",
  "GET /v1/uploads/tus/:id": "named",
  "POST /v1/uploads/tus/:id": "named",
  "PATCH /v1/uploads/tus/:id": "named",
  "DELETE /v1/uploads/tus/:id": "named",
  "POST /upload": "body",
  "POST /upload/": "body",
  "POST /audit/generate": "body",
  "GET /tasks": "listed",
  "GET /tasks/:uuid": "named",
  "GET /tasks/:uuid/audio": "named",
  "GET /agent-identification/:uuid": "named",
  "GET /speaker-analysis/:uuid": "named",
  "GET /tags/:uuid": "named",
};

type ReachOf = (mine: Part, organizationId: string) => Reach | Promise<Reach>;

/** An organization with a part within reach, and one beyond, and a key that is limited. */
async function mintBoth(reachOf: ReachOf) {
  const organization = await mintOrganization(db);
  await mintEndpoint(db, organization.id, { description: "endpoint of all" });
  const mine = await mintPart(organization.id, "within");
  const theirs = await mintPart(organization.id, "beyond");
  await mintCall(db, organization.id, { quarantine: "no_campaign", externalId: "beyond-waiting" });
  const reach = await reachOf(mine, organization.id);
  limited.set(organization.id, reach);
  return { organizationId: organization.id, key: organization.key, mine, theirs, reach };
}

/** Asks as if nobody were limited. */
async function unlimited<T>(organizationId: string, ask: () => Promise<T>): Promise<T> {
  const reach = limited.get(organizationId) ?? FULL_REACH;
  limited.delete(organizationId);
  const answer = await ask();
  limited.set(organizationId, reach);
  return answer;
}

/** The reach of a supervisor who is limited to a team, in which the operator of a part is. */
async function reachOfTeam({ operator }: Part, organizationId: string): Promise<Reach> {
  const team = await mintTeam(db, organizationId);
  const agent = await mintMember(db, organizationId, { role: "operator", operatorId: operator });
  await addTeamMember({ db }, team, agent.userId, ACT_AT_NOON);
  return reachOfMember(db, { organizationId, role: "supervisor", campaigns: null, teams: [team.id], operatorId: null });
}

const REACHES: Record<string, ReachOf> = {
  "a team": reachOfTeam,
  "one campaign": ({ campaign }) => ({ campaigns: [campaign], operators: null }),
  "two campaigns": ({ campaign }) => ({ campaigns: [campaign, "cmp_x"], operators: null }),
  "one operator": ({ operator }) => ({ campaigns: null, operators: [operator] }),
  "an operator in a campaign": ({ campaign, operator }) => ({ campaigns: [campaign], operators: [operator] }),
  "operators in campaigns": ({ campaign, operator }) => ({
    campaigns: [campaign, "cmp_x"],
    operators: [operator, "opr_x"],
  }),
  nothing: () => ({ campaigns: [], operators: [] }),
};

const mounted = [...ROUTE_PERMISSIONS.keys()].map((name) => {
  const [method = "", path = ""] = name.split(" ");
  return { name, method, path };
});

function needed(name: string): string {
  const [method = "", path = ""] = name.split(" ");
  const permission = permissionOf(method, path);
  if (permission === undefined) throw new Error(`${name} has no permission`);
  // What is one's own has nothing of calls.
  if (permission === SELF) return SELF;
  return permission === "any" ? "within" : REACH_OF_PERMISSIONS[permission];
}

describe("routes and the reach of whoever asks", () => {
  it("are all in the table, or for those who reach the whole organization", ({ expect }) => {
    const within = mounted
      .filter(({ name }) => needed(name) !== "organization" && needed(name) !== SELF)
      .map(({ name }) => name);
    expect(Object.keys(ROUTES).toSorted()).toEqual(within.toSorted());
    const app = apiRoutes(() => apiClient().deps);
    expect(app.routes.length).toBeGreaterThan(mounted.length);
  });

  it.for(Object.entries(REACHES))(
    "within %s give and change nothing beyond",
    { timeout: 300_000 },
    async ([, reachOf], { expect }) => {
      const { organizationId, key, theirs, reach } = await mintBoth(reachOf);
      // Who is limited to operators alone may know the campaigns there are.
      const known = reach.campaigns === null ? [theirs.campaign] : [];
      const ids = Object.values(theirs).filter((id) => !known.includes(id));
      const api = apiClient();
      const before = await unlimited(organizationId, () => everything(key, theirs));
      const headers = { "tus-resumable": "1.0.0" };
      for (const { name, method, path } of mounted) {
        if (!Object.hasOwn(ROUTES, name) || ROUTES[name] === "stream") continue;
        const body = method === "GET" || method === "DELETE" ? undefined : (BODIES[name] ?? {});
        const ask = (to: string) => api.call(method, to, { key, headers, body });
        if (!path.includes(":")) {
          if (method !== "GET") continue;
          const text = JSON.stringify((await ask(path)).body);
          const shown = known.length > 0 ? text.replaceAll("beyond campaign", "") : text;
          expect([name, [...ids, "beyond"].filter((one) => shown.includes(one))]).toEqual([name, []]);
          continue;
        }
        const at = (id: string) => path.replace(/:(?:id|uuid|kind)/, id).replace(/:\w+/g, "x");
        const missing = await ask(at(`${theirs.call.slice(0, -1)}_`));
        for (const id of ids) {
          const answer = await ask(at(id));
          expect([name, id, answer.status, answer.body]).toEqual([name, id, missing.status, missing.body]);
          expect(answer.status).toBeGreaterThanOrEqual(400);
        }
      }
      expect(Object.values(api.recorded).flat()).toEqual([]);
      expect(await unlimited(organizationId, () => everything(key, theirs))).toEqual(before);
    },
  );

  it.for(Object.entries(REACHES))(
    "within %s refuse what concerns the whole organization",
    async ([, reachOf], { expect }) => {
      const { key } = await mintBoth(reachOf);
      for (const { name, method, path } of mounted) {
        if (needed(name) !== "organization") continue;
        const body = method === "GET" || method === "DELETE" ? undefined : {};
        const answer = await apiClient().call(method, path.replace(/:\w+/g, "x"), { key, body });
        expect([name, answer.status, answer.body.reason]).toEqual([name, 403, "permission_missing"]);
      }
    },
  );

  it.for(["calls", "recordings", "analyses", "inbound", "tasks", "reviews"])(
    "list no %s beyond by any filter",
    async (list, { expect }) => {
      const { key, mine, theirs } = await mintBoth(REACHES["one campaign"]!);
      const { body } = await apiClient().get("/openapi.json");
      const names = body.paths[`/v1/${list}`].get.parameters.map(({ name }: { name: string }) => name);
      for (const name of names.filter((one: string) => one !== "limit" && one !== "cursor"))
        for (const id of [...Object.values(theirs), "beyond"]) {
          const answer = await apiClient().get(`/v1/${list}?${name}=${encodeURIComponent(id)}`, { key });
          if (answer.status === 200) expect([name, id, answer.body.data]).toEqual([name, id, []]);
          else expect([name, id, answer.status]).toEqual([name, id, 422]);
        }
      expect(JSON.stringify((await apiClient().get(`/v1/${list}`, { key })).body)).toContain(mine.call);
    },
  );
});

describe("bodies that name what is beyond reach", () => {
  it("are refused as if it were unknown, and change nothing", async ({ expect }) => {
    const { organizationId, key, mine, theirs } = await mintBoth(REACHES["one campaign"]!);
    const api = apiClient();
    const before = await unlimited(organizationId, () => everything(key, theirs));
    const outcome = async (method: string, path: string, body: object) => {
      const answer = await api.call(method, path, { key, body });
      return { status: answer.status, body: answer.body };
    };
    const alike = async (method: string, path: string, bodyOf: (campaign: string) => object, status: number) => {
      const [beyond, unknown] = [
        await outcome(method, path, bodyOf(theirs.campaign)),
        await outcome(method, path, bodyOf("cmp_unknown")),
      ];
      expect([method, path, beyond.status]).toEqual([method, path, status]);
      expect(beyond).toEqual(unknown);
    };
    await alike("POST", "/v1/campaigns", () => ({ name: "New" }), 403);
    await alike("POST", `/v1/calls/${mine.call}/campaign`, (campaign_id) => ({ campaign_id }), 422);
    const byIds = { action: "move", calls: [mine.call] };
    await alike("POST", "/v1/bulk", (campaign_id) => ({ ...byIds, campaign_id }), 422);
    const byFilter = { action: "untag", tags: ["x"] };
    await alike("POST", "/v1/bulk", (campaign_id) => ({ ...byFilter, filter: { campaign_id } }), 422);
    const onCall = { action: "tag", tags: ["x"], calls: [theirs.call] };
    expect((await outcome("POST", "/v1/bulk", onCall)).body.results).toMatchObject([{ id: theirs.call, status: 404 }]);
    await alike("POST", "/v1/quarantine/resolve", (campaign_id) => ({ campaign_id }), 422);
    await alike("POST", "/v1/api-keys", (campaign_id) => ({ name: "New", campaign_id }), 403);
    await alike("POST", "/v1/api-keys", () => ({ name: "New", source_id: theirs.source }), 403);
    const source = { kind: "standard", name: "New" };
    await alike("POST", "/v1/sources", (campaign_id) => ({ ...source, campaign_id }), 422);
    await alike("POST", "/v1/sources", () => source, 422);
    const connection = { endpoint: "https://s3.example.com", accessKey: "a", secretKey: "s", bucket: "calls" };
    const connector = (campaign_id: string) => ({ name: "Exchange", campaign_id, connection });
    await alike("POST", "/v1/connectors", connector, 422);
    const settings = (campaign: string) => ({ settings: { campaigns: { sales: campaign } } });
    await alike("POST", "/v1/sources", (one) => ({ ...source, campaign_id: mine.campaign, ...settings(one) }), 422);
    await alike("PATCH", `/v1/sources/${mine.source}`, (campaign_id) => ({ campaign_id }), 422);
    await alike("PATCH", `/v1/sources/${mine.source}`, settings, 422);
    await alike("PATCH", `/v1/sources/${mine.source}`, () => ({ campaign_id: null }), 422);
    await alike("POST", "/v1/inbound/replay", () => ({ filter: { call_id: theirs.call } }), 202);
    expect((await outcome("POST", "/v1/inbound/replay", { filter: { source_id: theirs.source } })).body).toMatchObject({
      matched: 0,
      sent: 0,
    });
    const waiting = { campaign_id: mine.campaign };
    expect((await outcome("POST", "/v1/quarantine/resolve", waiting)).body).toMatchObject({ matched: 0, placed: 0 });
    for (const path of ["/v1/analyses", "/api/v1/analyses"]) {
      await alike("POST", path, (one) => ({ call_id: one === theirs.campaign ? theirs.call : "call_unknown" }), 404);
      const url = "https://calls.example/a.wav";
      expect([path, (await outcome("POST", path, { url, campaign_id: theirs.campaign })).status]).toEqual([path, 403]);
    }
    for (const path of ["/v1/uploads", "/v1/analyses", "/api/v1/analyses", "/upload", "/upload/"]) {
      const part = (head: string, content: string) =>
        `--x\r\ncontent-disposition: form-data; ${head}\r\n\r\n${content}\r\n`;
      const file = part('name="file"; filename="a.wav"', "RIFF0000WAVE");
      const form = `${part('name="campaign_id"', theirs.campaign)}${file}--x--\r\n`;
      const answer = await api.post(path, {
        key,
        text: form,
        headers: { "content-type": "multipart/form-data; boundary=x" },
      });
      expect([path, answer.status]).toEqual([path, 403]);
    }
    const begun = await outcome("POST", "/v1/part-uploads", { size: 10, campaign_id: theirs.campaign });
    expect(begun.status).toBe(403);
    for (const path of ["/v1/uploads/tus", "/v1/uploads/tus/"]) {
      const headers = {
        "tus-resumable": "1.0.0",
        "upload-length": "10",
        "upload-metadata": `campaign_id ${btoa(theirs.campaign)}`,
      };
      expect([path, (await api.post(path, { key, headers })).status]).toEqual([path, 403]);
    }
    expect(Object.values(api.recorded).flat()).toEqual([]);
    expect(await unlimited(organizationId, () => everything(key, theirs))).toEqual(before);
  });
});

describe("what is within reach", () => {
  it("is there, each thing by its address and in its list", async ({ expect }) => {
    const { key, mine } = await mintBoth(REACHES["one campaign"]!);
    const api = apiClient();
    const lists = {
      campaigns: mine.campaign,
      operators: mine.operator,
      calls: mine.call,
      recordings: mine.recording,
      tasks: mine.task,
      analyses: mine.analysis,
      sources: mine.source,
      inbound: mine.inbound,
      uploads: mine.upload,
    };
    for (const [list, id] of Object.entries(lists)) {
      expect([list, (await api.get(`/v1/${list}/${id}`, { key })).status]).toEqual([list, 200]);
      const { body } = await api.get(`/v1/${list}`, { key });
      expect([list, body.data.map((one: { id: string }) => one.id)]).toEqual([list, [id]]);
    }
    expect((await api.get("/v1/api-keys", { key })).body.data).toMatchObject([{ id: mine.key }]);
    expect((await api.get("/tasks", { key })).body.tasks).toMatchObject([{ uuid: mine.task }]);
    expect((await api.get(`/v1/calls/${mine.call}/events`, { key })).body.data).toHaveLength(1);
    expect((await api.get("/v1/quarantine", { key })).body).toEqual({
      data: [],
      next_cursor: null,
      prev_cursor: null,
      more: false,
    });
  });

  it("has links to audio that last an hour, since a call may leave it", async ({ expect }) => {
    const { organizationId, key, mine } = await mintBoth(REACHES["one operator"]!);
    const lifetimeOf = async () => {
      const { body } = await apiClient().get(`/v1/recordings/${mine.recording}`, { key });
      return Date.parse(body.audio_url_expires_at) - apiClient().deps.now();
    };
    expect(await lifetimeOf()).toBe(3_600_000);
    expect(await unlimited(organizationId, lifetimeOf)).toBe(86_400_000);
  });

  it("does not include a source that is set up with another campaign too", async ({ expect }) => {
    const { organizationId, key, mine, theirs } = await mintBoth(REACHES["one campaign"]!);
    const settings = { campaigns: { sales: theirs.campaign } };
    const both = await mintSource(db, organizationId, { campaignId: mine.campaign, settings });
    expect((await apiClient().get(`/v1/sources/${both.id}`, { key })).status).toBe(404);
  });
});
