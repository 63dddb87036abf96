import { exports } from "cloudflare:workers";
import { afterEach, describe, it, vi } from "vitest";
import { mintCall, mintEvent, mintOrganization } from "../../factories";
import { db } from "./client";

/** The Worker as it is deployed, endpoint objects included. */
async function call(method: string, path: string, key: string, body?: unknown) {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const request = new Request(`https://trunkline.test${path}`, {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
  });
  const response = await exports.default.fetch(request);
  const text = await response.text();
  return { status: response.status, body: text === "" ? null : JSON.parse(text) };
}

/** Stands in for the subscriber; `status` is what it answers until told otherwise. */
function subscriber(status: number) {
  const state = { status, hits: [] as string[] };
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    state.hits.push(await new Request(input, init).text());
    return new Response(state.status === 204 ? null : "as told", { status: state.status });
  });
  return state;
}

afterEach(() => vi.restoreAllMocks());

describe("the endpoint API and the objects behind it", () => {
  it("replays a call, shows how it failed, and sends it again", async ({ expect }) => {
    const { id: organizationId, key } = await mintOrganization(db);
    const receiver = subscriber(500);
    const once = { url: "https://subscriber.test/", events: ["call.*"], settings: { retry_waits_seconds: [] } };
    const { body: made } = await call("POST", "/v1/endpoints", key, once);
    const path = `/v1/endpoints/${made.id}`;
    const subject = await mintCall(db, organizationId);
    const event = await mintEvent(db, subject, 1);

    const dry = await call("POST", `/v1/calls/${subject.id}/replay`, key, { dry_run: true });
    expect(dry.body).toEqual({ matched: 1, enqueued: 0, unable: [] });
    expect((await call("POST", `/v1/calls/${subject.id}/replay`, key)).body).toMatchObject({ enqueued: 1 });
    await vi.waitFor(async () => {
      const parked = await call(
        "GET",
        `${path}/log?state=parked&status=500&type=call.updated&call_id=${subject.id}`,
        key,
      );
      expect(parked.body.data).toMatchObject([
        { event: { id: event.id }, attempt_count: 1, attempts: [{ status: 500 }] },
      ]);
    });
    expect((await call("GET", `${path}/log?state=delivered`, key)).body.data).toEqual([]);
    const [parked] = (await call("GET", `${path}/log`, key)).body.data;
    const delivery = `${path}/deliveries/${parked.delivery_id}`;
    const detail = await call("GET", delivery, key);
    expect(detail.body.attempts[0]).toMatchObject({
      error: "status",
      request: { method: "POST", url: "https://subscriber.test/", body: receiver.hits[0] },
      response: { body: "as told" },
    });
    expect((await call("POST", `${delivery}/release`, key)).status).toBe(409);

    receiver.status = 204;
    expect((await call("POST", `${delivery}/retry`, key)).body.outcome).toBe("replayed");
    await vi.waitFor(async () => {
      expect((await call("GET", `${path}/log?state=delivered`, key)).body.data).toMatchObject([
        { event: { id: event.id } },
      ]);
    });
    // Audian's log has one row for the event: how it came out in the end.
    const logs = await call("GET", `/v2/webhooks/${made.id}/logs`, key);
    expect(logs.body).toMatchObject({
      data: [{ id: event.id, status: "delivered", response_status: 204 }],
      pagination: { total: 1 },
    });
    expect(logs.body.data).toHaveLength(1);
  });

  it("sends nothing while paused but a test, and everything once resumed", async ({ expect }) => {
    const { id: organizationId, key } = await mintOrganization(db);
    const receiver = subscriber(204);
    const { body: made } = await call("POST", "/v1/endpoints", key, { url: "https://subscriber.test/", events: ["*"] });
    const path = `/v1/endpoints/${made.id}`;
    const subject = await mintCall(db, organizationId);
    await mintEvent(db, subject, 1);
    expect((await call("POST", `${path}/pause`, key)).body.paused).toBe(true);
    await call("POST", `${path}/replay`, key, { call_id: subject.id });
    const [waiting] = (await call("GET", `${path}/log`, key)).body.data;
    expect(waiting).toMatchObject({ state: "pending", attempt_count: 0 });
    // A test goes out all the same, and stands in nobody's way.
    expect((await call("POST", `${path}/test`, key)).body).toMatchObject({ test: true, state: "delivered" });
    expect(receiver.hits).toHaveLength(1);
    expect((await call("POST", `${path}/resume`, key)).body.paused).toBe(false);
    await vi.waitFor(async () => {
      const sent = await call("GET", `${path}/deliveries/${waiting.delivery_id}`, key);
      expect(sent.body).toMatchObject({ state: "delivered", attempts: [{ status: 204 }] });
    });
    expect(receiver.hits).toHaveLength(2);
  });
});
