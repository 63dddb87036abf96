import { afterEach, describe, expect, it, vi } from "vitest";
import { attempt } from "../../../src/delivery/object/attempt";
import type { EndpointConfig } from "../../../src/delivery/contract";
import { send, type SendDeps } from "../../../src/delivery/object/send";
import { traceParentOf } from "../../../src/lib/trace";

const NOW = 1_700_000_000_000;
const DUE = { stream: "call_1", seq: 2, replay: 0, attempts: 0, dueAt: NOW - 5 };
const STORED = {
  deliveryId: "dlv_1",
  eventId: "evt_1",
  type: "call.completed",
  recordedAt: NOW - 9,
  data: '{"call":{"id":"call_1"}}',
};

const CONFIG: EndpointConfig = {
  id: "wh_1",
  organizationId: "org_1",
  version: 1,
  url: "https://subscriber.test/hook",
  profile: "standard",
  method: "POST",
  headers: {},
  template: null,
  ordering: "call",
  settings: {},
  secrets: "",
  objects: 1,
  active: true,
  paused: false,
  deleted: false,
};

function contextWith(
  config: Partial<EndpointConfig>,
  answer: () => Response | Promise<Response>,
  more: Partial<SendDeps> = {},
) {
  const fetcher = vi.fn<typeof fetch>(async () => answer());
  const context: SendDeps = {
    config: { ...CONFIG, ...config },
    secrets: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    headers: {},
    gap: null,
    test: false,
    publicUrl: "https://trunkline.test",
    mint: async (id) => ({ url: `https://trunkline.test/${id}`, expiresAt: "2026-01-01T00:00:00.000Z" }),
    mintReport: async (id) => ({ url: `https://trunkline.test/r/${id}`, expiresAt: "2026-01-01T00:00:00.000Z" }),
    readData: async (data) => data,
    blocked: async () => undefined,
    fetch: fetcher,
    now: () => NOW,
    random: () => 0.5,
    ...more,
  };
  return { context, fetcher };
}

afterEach(() => vi.restoreAllMocks());

describe("one attempt", () => {
  it("never calls an address that the guard blocks, and shows nothing of it", async () => {
    const { context, fetcher } = contextWith({}, () => new Response("secrets of the metadata service"), {
      blocked: async () => "169.254.169.254 is a link-local address",
    });
    const { outcome, verdict } = await send(DUE, STORED, context);
    expect(fetcher).not.toHaveBeenCalled();
    expect(verdict).toBe("retry");
    expect(outcome).toMatchObject({ state: "pending", entry: { status: null, error: "blocked", response: null } });
  });

  it("is a failure of its own when the body cannot be made, and not the end of the object", async () => {
    const { context, fetcher } = contextWith({}, () => new Response("ok"), {
      readData: async () => {
        throw new Error("the event's data is no longer in storage");
      },
    });
    const { outcome } = await send(DUE, STORED, context);
    expect(fetcher).not.toHaveBeenCalled();
    expect(outcome.entry).toMatchObject({
      error: "body",
      detail: expect.stringContaining("no longer in storage") as unknown,
    });
  });

  it("sends exactly the bytes it signed, and logs them", async () => {
    const { context, fetcher } = contextWith({}, () => new Response("ok"));
    const { outcome, verdict } = await send(DUE, STORED, context);
    expect(verdict).toBe("delivered");
    const [, init] = fetcher.mock.calls[0]!;
    expect(outcome.entry.request.body).toBe(init!.body);
    expect(init).toMatchObject({
      redirect: "manual",
      headers: { "trunkline-seq": "2", "trunkline-delivery": "dlv_1" },
    });
  });

  it.for([
    [{}, traceParentOf(`call_${"a".repeat(26)}`, `dlv_${"b".repeat(26)}`, 1)],
    [{ Traceparent: "of their own" }, "of their own"],
  ] as const)("says which trace it is of, once, and shows it in the log: %s", async ([own, expected]) => {
    const { context, fetcher } = contextWith({}, () => new Response("ok"), { headers: { ...own } });
    const stored = { ...STORED, deliveryId: `dlv_${"b".repeat(26)}` };
    const { outcome } = await send({ ...DUE, stream: `call_${"a".repeat(26)}` }, stored, context);
    const sent = new Headers(fetcher.mock.calls[0]![1]!.headers);
    expect([sent.get("traceparent"), outcome.entry.request.headers["traceparent"]]).toEqual([expected, expected]);
  });

  it.for([
    ["a server error waits for its retry", "standard", 500, {}, "pending"],
    ["a client error that voqo does not retry is given up at once", "voqo", 404, {}, "parked"],
    ["and held where the owner wants that", "voqo", 404, { onExhausted: "hold" as const }, "held"],
    ["a policy without waits is spent after one try", "standard", 500, { retryWaits: [] }, "parked"],
    ["201 is no success where only 200 is", "standard", 201, { strict200: true }, "pending"],
    ["201 is one otherwise", "standard", 201, {}, "delivered"],
  ] as const)("%s", async ([, profile, status, settings, state]) => {
    const stored = profile === "voqo" ? { ...STORED, type: "call.processed", data: JSON.stringify(PROCESSED) } : STORED;
    const { context } = contextWith(
      { profile, settings: { ...settings } as EndpointConfig["settings"] },
      () => new Response("x", { status }),
    );
    expect((await send(DUE, stored, context)).outcome.state).toBe(state);
  });

  it("is due again when the subscriber asks, within twice the wait", async () => {
    const { context } = contextWith(
      {},
      () => new Response("slow down", { status: 429, headers: { "retry-after": "8" } }),
    );
    expect((await send(DUE, STORED, context)).outcome.dueAt).toBe(NOW + 8_000);
  });

  it.for([
    [
      "by the answer's own clock",
      { date: "Tue, 10 Feb 2026 15:00:00 GMT", "retry-after": "Tue, 10 Feb 2026 15:00:08 GMT" },
    ],
    ["by ours where the answer names none", { "retry-after": new Date(NOW + 8_000).toUTCString() }],
    ["in seconds, twice", { "retry-after": "8, 8" }],
  ] as const)("is asked for by a date, %s", async ([, headers]) => {
    const { context } = contextWith({}, () => new Response("slow down", { status: 503, headers }));
    expect((await send(DUE, STORED, context)).outcome.dueAt).toBe(NOW + 8_000);
  });
});

describe("the timer of an attempt", () => {
  it.for([
    ["an answer", () => Promise.resolve(new Response("ok"))],
    ["an error", () => Promise.reject(new Error("connection refused"))],
  ] as const)("does not outlive %s: it would hold the object awake", async ([, answer]) => {
    const started = vi.spyOn(globalThis, "setTimeout");
    const cleared = vi.spyOn(globalThis, "clearTimeout");
    await attempt("https://subscriber.test/", { method: "POST", headers: {}, body: "" }, 15_000, answer, () => NOW);
    const timers = started.mock.results.map((result) => result.value as unknown);
    expect(timers).toHaveLength(1);
    expect(cleared.mock.calls.flat()).toEqual(timers);
  });
});

const PROCESSED = {
  call: {
    id: "call_1",
    source: { id: "src_1", kind: "audian" },
    external_id: "x",
    campaign_id: null,
    operator: null,
    state: "completed",
    quarantine: null,
    direction: "inbound",
    from: null,
    from_e164: null,
    to: null,
    to_e164: null,
    provider_status: null,
    error: null,
    started_at: "2026-01-01T00:00:00.000Z",
    answered_at: null,
    ended_at: null,
    duration_seconds: 5,
    talk_seconds: null,
    custom: {},
  },
  recordings: [],
  analyses: [],
  conversation: null,
};
