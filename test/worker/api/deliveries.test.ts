import { describe, it } from "vitest";
import { endpointHealth, endpointHours } from "../../../src/db/schema";
import { eventExamples } from "../../../src/events";
import { mintCall, mintEndpoint, mintEvent, mintOrganization, NOON } from "../../factories";
import { apiClient, db, deliveryOf, fieldsOf } from "./client";

async function newEndpoint(overrides: Parameters<typeof mintEndpoint>[2] = {}) {
  const { id: organizationId, key } = await mintOrganization(db);
  const endpoint = await mintEndpoint(db, organizationId, overrides);
  return { organizationId, key, endpoint, path: `/v1/endpoints/${endpoint.id}` };
}

describe("the log of an endpoint", () => {
  it("lists deliveries with their attempts, by page, without what was sent", async ({ expect }) => {
    const { key, path } = await newEndpoint();
    const api = apiClient();
    const stream = "call_3v5g8k2m9q4t7w0y1z6x3c8b5n";
    api.log.push(deliveryOf({ deliveryId: "dlv_2", stream }), deliveryOf({ deliveryId: "dlv_1" }));
    const first = await api.get(`${path}/log?limit=1`, { key });
    expect(first.body.data).toEqual([
      {
        delivery_id: "dlv_2",
        event: { id: "evt_1", type: "call.completed", stream, seq: 1 },
        trace_id: "1ecb044c544dc9a3f01e0fcdd1b10b2d",
        replay: 0,
        test: false,
        state: "delivered",
        enqueued_at: "2026-08-20T14:00:00.000Z",
        due_at: null,
        finished_at: "2026-08-20T14:00:00.400Z",
        attempt_count: 1,
        attempts: [
          {
            number: 1,
            due_at: "2026-08-20T14:00:00.000Z",
            started_at: "2026-08-20T14:00:00.000Z",
            ended_at: "2026-08-20T14:00:00.400Z",
            status: 204,
            error: null,
            code: null,
            detail: null,
          },
        ],
      },
    ]);
    await api.get(`${path}/log?cursor=${first.body.next_cursor}`, { key });
    await api.get(`${path}/log?sort=enqueued_at`, { key });
    expect(api.recorded.logQueries).toEqual([
      { limit: 2, brief: true, order: "descending" },
      { limit: 51, brief: true, order: "descending", before: { enqueuedAt: NOON, deliveryId: "dlv_2" } },
      { limit: 51, brief: true, order: "ascending" },
    ]);
    expect(fieldsOf(await api.get(`${path}/log?sort=state`, { key }))).toEqual(["sort"]);
  });

  it("filters by state, type, code, time and call", async ({ expect }) => {
    const { key, path } = await newEndpoint();
    const api = apiClient();
    const filters =
      "state=held&type=call.failed&status=503&call_id=call_7&from=2026-08-20T14:00:00Z&to=2026-08-20T15:00:00Z";
    expect((await api.get(`${path}/log?${filters}`, { key })).status).toBe(200);
    const [query] = api.recorded.logQueries;
    expect(query).toMatchObject({
      state: "held",
      type: "call.failed",
      status: 503,
      stream: "call_7",
      from: NOON,
      to: NOON + 3_600_000,
    });
    const wrong = await api.get(`${path}/log?state=lost&status=99&from=yesterday`, { key });
    expect(fieldsOf(wrong)).toEqual(["state", "status", "from"]);
  });

  it("reads one delivery with what was sent and answered", async ({ expect }) => {
    const { key, path } = await newEndpoint();
    const api = apiClient();
    api.log.push(deliveryOf());
    const { body } = await api.get(`${path}/deliveries/dlv_1`, { key });
    expect(body.attempts[0]).toMatchObject({
      request: { method: "POST", url: "https://subscriber.test/hooks", headers: { "x-a": "[hidden]" }, body: "{}" },
      response: { headers: {}, body: "" },
    });
    expect((await api.get(`${path}/deliveries/dlv_0`, { key })).status).toBe(404);
  });
});

describe("deciding about a delivery", () => {
  it("sends one again: at once when it waits, as a replay when it is over", async ({ expect }) => {
    const { key, path } = await newEndpoint();
    const api = apiClient();
    api.log.push(
      deliveryOf({ deliveryId: "dlv_1", state: "pending" }),
      deliveryOf({ deliveryId: "dlv_2", state: "parked" }),
    );
    const retry = (id: string) => api.post(`${path}/deliveries/${id}/retry`, { key });
    expect(await retry("dlv_1")).toMatchObject({ status: 202, body: { delivery_id: "dlv_1", outcome: "scheduled" } });
    expect(await retry("dlv_2")).toMatchObject({ status: 202, body: { delivery_id: "dlv_2", outcome: "replayed" } });
    expect((await retry("dlv_0")).status).toBe(404);
    expect(api.recorded.decided).toEqual(["retry dlv_1", "retry dlv_2"]);
  });

  it("sends nothing again that is in another state than it was seen in, and notes no decision", async ({ expect }) => {
    const { key, path } = await newEndpoint();
    const api = apiClient();
    api.log.push(
      deliveryOf({ deliveryId: "dlv_1", state: "pending" }),
      deliveryOf({ deliveryId: "dlv_2", state: "delivered" }),
    );
    const retry = (id: string, seen: string) => api.post(`${path}/deliveries/${id}/retry?if_state=${seen}`, { key });
    expect(await retry("dlv_1", "pending")).toMatchObject({ status: 202, body: { outcome: "scheduled" } });
    const late = await retry("dlv_2", "pending");
    expect(late.status).toBe(409);
    expect(late.body.detail).toBe("This event was delivered meanwhile, and was not sent again.");
    expect((await retry("dlv_2", "delivered")).body).toMatchObject({ outcome: "replayed" });
    expect((await retry("dlv_0", "pending")).status).toBe(404);
    expect(fieldsOf(await retry("dlv_1", "lost"))).toEqual(["if_state"]);
    expect(api.recorded.decided).toEqual(["retry dlv_1", "retry dlv_2"]);
    const { body } = await api.get("/v1/audit-log?action=delivery.retried", { key });
    expect(body.data.map(({ resource_id: id }: { resource_id: string }) => id).toSorted()).toEqual(["dlv_1", "dlv_2"]);
  });

  it.for(["release", "skip"])(
    "can %s a held delivery, and reports the state of any other",
    async (action, { expect }) => {
      const { key, path } = await newEndpoint();
      const api = apiClient();
      api.log.push(
        deliveryOf({ deliveryId: "dlv_1", state: "held" }),
        deliveryOf({ deliveryId: "dlv_2", state: "delivered" }),
      );
      const decide = (id: string) => api.post(`${path}/deliveries/${id}/${action}`, { key });
      expect((await decide("dlv_1")).status).toBe(204);
      const late = await decide("dlv_2");
      expect(late.status).toBe(409);
      expect(late.body.detail).toContain("delivered");
      expect((await decide("dlv_0")).status).toBe(404);
      expect(api.recorded.decided).toEqual([`${action} dlv_1`]);
    },
  );
});

describe("a decision", () => {
  /** What each is for, and a state in which somebody may have seen a delivery that it is not in any more. */
  const DECISIONS = [
    ["skip", "held", "pending"],
    ["skip", "pending", "held"],
    ["release", "held", "pending"],
    ["hold", "pending", "held"],
    ["retry", "pending", "held"],
  ] as const;

  it.for(DECISIONS)("to %s a %s delivery is not carried out where it was seen %s", async (told, { expect }) => {
    const [action, state, other] = told;
    const { key, path } = await newEndpoint();
    const api = apiClient();
    api.log.push(deliveryOf({ deliveryId: "dlv_1", state }));
    const decide = (query: string) => api.post(`${path}/deliveries/dlv_1/${action}${query}`, { key });
    const refused = await decide(`?if_state=${other}`);
    expect(refused.status).toBe(409);
    for (const query of ["?if_state=lost", "?if_sate=held", "?foo=1"])
      expect([query, (await decide(query)).status]).toEqual([query, 422]);
    expect(api.recorded.decided).toEqual([]);
    // What is refused is no decision.
    const noted = async () =>
      (await api.get("/v1/audit-log", { key })).body.data.filter((one: { action: string }) =>
        one.action.startsWith("delivery."),
      );
    expect(await noted()).toEqual([]);
    expect((await decide(`?if_state=${state}`)).status).toBe(action === "retry" ? 202 : 204);
    expect(api.recorded.decided).toEqual([`${action} dlv_1`]);
    expect(await noted()).toHaveLength(1);
  });

  it.for(["skip", "release"])(
    "to %s is not carried out where that changed between the two questions",
    async (action, { expect }) => {
      const { key, path } = await newEndpoint();
      const { deps, log } = apiClient();
      const settle = deps.endpointObjects.settle;
      const api = apiClient({
        endpointObjects: {
          ...deps.endpointObjects,
          settle: async (...asked) => {
            log[0]!.state = "pending";
            return settle(...asked);
          },
        },
      });
      log.push(deliveryOf({ deliveryId: "dlv_1", state: "held" }));
      const { status, body } = await api.post(`${path}/deliveries/dlv_1/${action}?if_state=held`, { key });
      expect([status, body.detail]).toEqual([409, "This delivery is pending by now, and was left as it is."]);
    },
  );
});

describe("holding", () => {
  it("is for what waits: it is in the audit log once, and what is not held says why", async ({ expect }) => {
    const { key, path } = await newEndpoint();
    const api = apiClient();
    api.log.push(
      deliveryOf({ deliveryId: "dlv_1", state: "pending" }),
      deliveryOf({ deliveryId: "dlv_2", state: "delivered" }),
      deliveryOf({ deliveryId: "dlv_3", state: "held" }),
    );
    const hold = (id: string) => api.post(`${path}/deliveries/${id}/hold`, { key });
    expect((await hold("dlv_1")).status).toBe(204);
    const refused = await Promise.all(["dlv_2", "dlv_3"].map(hold));
    expect(refused.map(({ status, body }) => [status, body.detail])).toEqual([
      [409, "This delivery is delivered: there is nothing to hold."],
      [409, "This delivery is held already."],
    ]);
    expect((await hold("dlv_0")).status).toBe(404);
    expect(api.recorded.decided).toEqual(["hold dlv_1"]);
    const { body } = await api.get("/v1/audit-log?action=delivery.held", { key });
    expect(body.data.map(({ resource_id: id }: { resource_id: string }) => id)).toEqual(["dlv_1"]);
  });

  it.for([
    ["not_waiting", "under way right now, or queued behind an earlier one"],
    ["unable", "Try again in a minute."],
  ] as const)(
    "says why one that waits is not held (%s), and the audit log has no such decision",
    async (told, { expect }) => {
      const [answer, why] = told;
      const { key, path } = await newEndpoint();
      const { deps, log } = apiClient();
      const api = apiClient({ endpointObjects: { ...deps.endpointObjects, hold: async () => answer } });
      log.push(deliveryOf({ deliveryId: "dlv_1", state: "pending" }));
      const { status, body } = await api.post(`${path}/deliveries/dlv_1/hold`, { key });
      expect(status).toBe(409);
      expect(body.detail).toContain(why);
      expect((await api.get("/v1/audit-log?action=delivery.held", { key })).body.data).toEqual([]);
    },
  );

  it("keeps it back from whoever retries what waits, but not from who means it", async ({ expect }) => {
    const { key, path } = await newEndpoint();
    const api = apiClient();
    api.log.push(
      deliveryOf({ deliveryId: "dlv_1", state: "held", byPerson: true }),
      deliveryOf({ deliveryId: "dlv_2", state: "held" }),
    );
    const retry = (id: string, query = "") => api.post(`${path}/deliveries/${id}/retry${query}`, { key });
    const refused = await retry("dlv_1");
    expect([refused.status, refused.body.detail]).toEqual([
      409,
      "Somebody holds this delivery: release it, or skip it.",
    ]);
    expect((await retry("dlv_1", "?if_state=held")).status).toBe(202);
    expect((await retry("dlv_2")).status).toBe(202);
    expect(api.recorded.decided).toEqual(["retry dlv_1", "retry dlv_2"]);
    const { body } = await api.get("/v1/audit-log?action=delivery.retried", { key });
    expect(body.data).toHaveLength(2);
  });
});

describe("replaying", () => {
  it("sends what matches in the endpoint's own memory, or counts it", async ({ expect }) => {
    const { key, path } = await newEndpoint();
    const api = apiClient();
    api.log.push(deliveryOf(), deliveryOf());
    const dry = { since: "2026-08-20T14:00:00Z", dry_run: true };
    expect((await api.post(`${path}/replay`, { key, body: dry })).body).toEqual({
      matched: 2,
      more: false,
      enqueued: 0,
    });
    const real = {
      state: "parked",
      type: "call.failed",
      call_id: "call_7",
      until: "2026-08-20T15:00:00Z",
      per_second: 5,
    };
    expect((await api.post(`${path}/replay`, { key, body: real })).body).toEqual({
      matched: 2,
      more: false,
      enqueued: 2,
    });
    const [counted, sent] = api.recorded.replayed;
    expect(counted).toMatchObject({ query: { from: NOON }, options: { dryRun: true } });
    expect(sent).toMatchObject({
      query: { state: "parked", type: "call.failed", stream: "call_7", to: NOON + 3_600_000 },
      options: { dryRun: false, perSecond: 5 },
    });
    expect(sent?.options.replay).toBeGreaterThan(0);
  });

  it("sends a whole call again, also what is older than the endpoint", async ({ expect }) => {
    const { organizationId, key, endpoint, path } = await newEndpoint({ createdAt: NOON + 1 });
    const call = await mintCall(db, organizationId);
    const events = [await mintEvent(db, call, 1), await mintEvent(db, call, 2)];
    const api = apiClient();
    const dry = await api.post(`${path}/replay`, { key, body: { call_id: call.id, dry_run: true } });
    expect(dry.body).toEqual({ matched: 2, more: false, enqueued: 0 });
    expect(api.recorded.enqueued).toEqual([]);
    const sent = await api.post(`${path}/replay`, { key, body: { call_id: call.id, per_second: 2 } });
    expect(sent.body).toEqual({ matched: 2, more: false, enqueued: 2 });
    expect(api.recorded.enqueued).toMatchObject([
      { object: `${endpoint.id}/0`, events: events.map(({ id }) => ({ eventId: id })), marks: { perSecond: 2 } },
    ]);
    expect(api.recorded.enqueued[0]?.marks?.replay).toBeGreaterThan(0);
  });

  it("wants to know what, and an endpoint that is active", async ({ expect }) => {
    const { organizationId, key, path } = await newEndpoint();
    const ask = (body: object) => apiClient().post(`${path}/replay`, { key, body });
    expect((await ask({})).status).toBe(422);
    expect((await ask({ dry_run: true, per_second: 1 })).status).toBe(422);
    expect(fieldsOf(await ask({ state: "lost", per_second: 0 }))).toEqual(["state", "per_second"]);
    expect((await ask({ call_id: "call_unknown" })).status).toBe(404);
    const inactive = await mintEndpoint(db, organizationId, { active: false });
    const answer = await apiClient().post(`/v1/endpoints/${inactive.id}/replay`, { key, body: { state: "parked" } });
    expect(answer.status).toBe(409);
  });

  it("sends a call's events again to every endpoint, or to one", async ({ expect }) => {
    const { organizationId, key, endpoint } = await newEndpoint();
    const other = await mintEndpoint(db, organizationId, { events: ["call.updated"] });
    await mintEndpoint(db, organizationId, { events: ["task.created"] });
    await mintEndpoint(db, organizationId, { active: false });
    const call = await mintCall(db, organizationId);
    await mintEvent(db, call, 1);
    await mintEvent(db, call, 2);
    const path = `/v1/calls/${call.id}/replay`;
    const api = apiClient();
    expect((await api.post(path, { key, body: { dry_run: true } })).body).toEqual({
      matched: 4,
      enqueued: 0,
      unable: [],
    });
    expect((await api.post(path, { key })).body).toEqual({ matched: 4, enqueued: 4, unable: [] });
    expect(api.recorded.enqueued.map(({ object }) => object).toSorted()).toEqual(
      [`${endpoint.id}/0`, `${other.id}/0`].toSorted(),
    );
    const one = await api.post(path, { key, body: { endpoint_id: other.id } });
    expect(one.body).toEqual({ matched: 2, enqueued: 2, unable: [] });
    expect((await api.post(path, { key, body: { endpoint_id: "wh_0" } })).status).toBe(404);
    expect(fieldsOf(await api.post(path, { key, body: { per_second: -1 } }))).toEqual(["per_second"]);
  });

  it("names the endpoints that could not take it", async ({ expect }) => {
    const { organizationId, key, endpoint } = await newEndpoint();
    const call = await mintCall(db, organizationId);
    await mintEvent(db, call, 1);
    const { deps } = apiClient();
    const enqueue = async () => ({ accepted: 0, duplicates: 0, refused: "full" as const });
    const api = apiClient({ endpointObjects: { ...deps.endpointObjects, enqueue } });
    const answer = await api.post(`/v1/calls/${call.id}/replay`, { key });
    expect(answer.body).toEqual({ matched: 1, enqueued: 0, unable: [endpoint.id] });
  });
});

describe("trying an endpoint out", () => {
  it("sends an event it asked for, as an example, and answers with what became of it", async ({ expect }) => {
    const { key, endpoint, path } = await newEndpoint({ events: ["analysis.*", "call.failed"] });
    const api = apiClient();
    const answer = await api.post(`${path}/test`, { key });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      test: true,
      event: { type: "analysis.completed" },
      attempts: [{ status: 204, request: {} }],
    });
    const [event] = api.recorded.tested;
    expect(event).toMatchObject({ type: "analysis.completed", recordedAt: NOON, stream: endpoint.id });
    expect(JSON.parse(event?.data ?? "")).toEqual(eventExamples["analysis.completed"]);
    expect(event?.eventId).toMatch(/^evt_/);
  });

  it("answers 409 while as many tests of the endpoint as there may be are under way", async ({ expect }) => {
    const { key, path } = await newEndpoint({ events: ["analysis.*"] });
    const { deps } = apiClient();
    const api = apiClient({ endpointObjects: { ...deps.endpointObjects, test: async () => null } });
    const answer = await api.post(`${path}/test`, { key });
    expect(answer.status).toBe(409);
    expect(answer.body.detail).toContain("still under way");
  });

  it("sends the event that is named, by any name the profile has for it", async ({ expect }) => {
    const { key, endpoint } = await newEndpoint({ profile: "voqo", events: ["call_ended"] });
    const api = apiClient();
    const name = { key, body: { webhookId: endpoint.id, event: "call_ended" } };
    expect((await api.post("/v1/webhooks/test", name)).status).toBe(200);
    expect((await api.post("/v1/webhooks/test", { key, body: { webhookId: endpoint.id } })).status).toBe(200);
    expect(api.recorded.tested.map(({ type }) => type)).toEqual(["call.processed", "call.processed"]);
    const wrong = await api.post("/v1/webhooks/test", { key, body: { webhookId: endpoint.id, event: "call.failed" } });
    expect(fieldsOf(wrong)).toEqual(["event"]);
    expect(wrong.body.errors[0].message).toContain("call_ended");
  });

  it("sends what the endpoint asked for, and refuses what its profile does not speak of", async ({ expect }) => {
    const { key, path } = await newEndpoint({ profile: "authentivoice", events: ["review.consensus_reached"] });
    const api = apiClient();
    expect((await api.post(`${path}/test`, { key })).status).toBe(200);
    expect((await api.post(`${path}/test`, { key, body: { event: "analysis.completed" } })).status).toBe(200);
    expect(fieldsOf(await api.post(`${path}/test`, { key, body: { event: "review.decided" } }))).toEqual(["event"]);
    expect(api.recorded.tested.map(({ type }) => type)).toEqual(["review.consensus_reached", "analysis.completed"]);
  });

  it("does not find an endpoint that does not exist", async ({ expect }) => {
    const { key } = await newEndpoint();
    expect((await apiClient().post("/v1/webhooks/test", { key, body: { webhookId: "webhook-123" } })).status).toBe(404);
    expect(fieldsOf(await apiClient().post("/v1/webhooks/test", { key, body: {} }))).toEqual(["webhookId"]);
  });
});

describe("the health of endpoints", () => {
  it("adds up what the objects reported, and warns of a slow audian receiver", async ({ expect }) => {
    const { organizationId, key, endpoint, path } = await newEndpoint({ profile: "audian" });
    const quiet = await mintEndpoint(db, organizationId);
    const own = { organizationId, endpointId: endpoint.id };
    const latencies = [0, 0, 0, 0, 0, 0, 0, 2, 8, 0, 0];
    await db.insert(endpointHours).values([
      { ...own, hour: NOON - 3_600_000, attempts: 10, delivered: 9, failed: 1, parked: 0, latencies },
      { ...own, hour: NOON - 30 * 3_600_000, attempts: 90, delivered: 0, failed: 90, parked: 90, latencies },
    ]);
    await db.insert(endpointHealth).values({
      ...own,
      object: `${endpoint.id}/0`,
      backlog: 3,
      oldestDueAt: NOON - 60_000,
      lastSuccessAt: NOON - 1_000,
      lastFailureAt: NOON - 2_000,
      failingSince: null,
      updatedAt: NOON,
    });
    const { body } = await apiClient().get(`${path}/health`, { key });
    expect(body).toMatchObject({
      endpoint_id: endpoint.id,
      since: "2026-08-19T14:00:00.000Z",
      attempts: 10,
      delivered: 9,
      failed: 1,
      parked: 0,
      success_rate: 0.9,
      backlog: 3,
      oldest_due_at: "2026-08-20T13:59:00.000Z",
      last_success_at: "2026-08-20T13:59:59.000Z",
      failing_since: null,
      updated_at: "2026-08-20T14:00:00.000Z",
      warnings: ["slow_answers"],
    });
    expect(body.p95_ms).toBeGreaterThan(5_000);
    const longer = await apiClient().get(`${path}/health?since=2026-08-18T00:00:00Z`, { key });
    expect(longer.body).toMatchObject({ attempts: 100, delivered: 9 });
    const all = await apiClient().get("/v1/endpoints/health", { key });
    expect(all.body.data.map((one: { endpoint_id: string }) => one.endpoint_id).toSorted()).toEqual(
      [endpoint.id, quiet.id].toSorted(),
    );
    expect(all.body.data).toContainEqual(body);
    expect(all.body.data.find((one: { endpoint_id: string }) => one.endpoint_id === quiet.id)).toMatchObject({
      attempts: 0,
      success_rate: null,
      p50_ms: null,
      updated_at: null,
      warnings: [],
    });
    expect(fieldsOf(await apiClient().get(`${path}/health?since=soon`, { key }))).toEqual(["since"]);
  });
});

describe("the calls that wait at an endpoint", () => {
  it("are listed with the delivery in front, by page, without what was sent", async ({ expect }) => {
    const { key, path } = await newEndpoint();
    const api = apiClient();
    const stream = "call_3v5g8k2m9q4t7w0y1z6x3c8b5n";
    api.log.push(
      deliveryOf({ deliveryId: "dlv_1", stream, state: "pending", dueAt: NOON + 300_000 }),
      deliveryOf({ deliveryId: "dlv_2", state: "held", stream: "wh_1" }),
      deliveryOf({ deliveryId: "dlv_3" }),
    );
    const first = await api.get(`${path}/blocked?limit=1`, { key });
    expect(first.body.data).toMatchObject([
      {
        call_id: stream,
        since: "2026-08-20T14:00:00.000Z",
        next_attempt_at: "2026-08-20T14:05:00.000Z",
        reason: "retry",
        queued: 2,
        delivery: { delivery_id: "dlv_1", state: "pending", attempts: [{ number: 1, status: 204 }] },
      },
    ]);
    expect(JSON.stringify(first.body)).not.toContain('"request"');
    const { data, next_cursor: next } = (await api.get(`${path}/blocked?cursor=${first.body.next_cursor}`, { key }))
      .body;
    expect(next).toBeNull();
    expect(data).toMatchObject([
      { call_id: null, next_attempt_at: null, reason: "held", delivery: { delivery_id: "dlv_2" } },
    ]);
    expect(fieldsOf(await api.get(`${path}/blocked?cursor=x&limit=0`, { key })).toSorted()).toEqual([
      "cursor",
      "limit",
    ]);
  });

  it("are another organization's nowhere", async ({ expect }) => {
    const { path } = await newEndpoint();
    const other = await newEndpoint();
    expect((await apiClient().get(`${path}/blocked`, { key: other.key })).status).toBe(404);
  });
});
