import { describe, expect, it } from "vitest";
import { type EndpointRow, fanOut, asksFor } from "../../../src/delivery";
import { eventExamples, EVENT_TYPES, type EventType, type StreamEvent } from "../../../src/events";

const T0 = Date.UTC(2026, 7, 20, 14);

function endpoint(overrides: Partial<EndpointRow> = {}): EndpointRow {
  return {
    id: "end_1",
    organizationId: "org_1",
    url: "https://subscriber.test/hook",
    description: null,
    profile: "standard",
    payloadVersion: "v1",
    method: "POST",
    headers: {},
    template: null,
    events: ["*"],
    filters: {},
    ordering: "call",
    settings: {},
    shards: [{ since: 0, shards: 1 }],
    active: true,
    paused: false,
    disabledReason: null,
    disabledAt: null,
    secrets: "",
    version: 1,
    createdAt: 0,
    updatedAt: 0,
    deletedAt: null,
    objectsSealedWith: null,
    ...overrides,
  };
}

function event(type: EventType, overrides: Partial<StreamEvent> = {}): StreamEvent {
  return {
    stream: "call_1",
    seq: 1,
    id: "evt_1",
    organizationId: "org_1",
    type,
    recordedAt: T0,
    beganAt: T0,
    data: JSON.stringify(eventExamples[type]),
    ...overrides,
  };
}

function receivedBy(subscriber: EndpointRow, events: StreamEvent[]): string[] {
  return fanOut(events, [subscriber], []).flatMap((one) => one.events.map(({ type }) => type));
}

/** An analysis with this risk, and a call of this campaign and source. */
function scored(
  risk: number | null,
  call: { campaign_id?: string | null; source?: { id: string; kind: string } } = {},
): StreamEvent {
  const { analysis, call: example } = eventExamples["analysis.completed"];
  return event("analysis.completed", {
    data: JSON.stringify({ analysis: { ...analysis, risk_score: risk }, call: { ...example, ...call } }),
  });
}

describe("the endpoints that receive an event", () => {
  it("are those subscribed to it, by name, prefix or star", () => {
    const all = EVENT_TYPES.map((type) => event(type));
    expect(receivedBy(endpoint(), all)).toEqual(EVENT_TYPES);
    expect(receivedBy(endpoint({ events: ["call.*"] }), all)).toEqual([
      "call.completed",
      "call.failed",
      "call.updated",
      "call.processed",
    ]);
    expect(receivedBy(endpoint({ events: ["task.created", "task.created"] }), all)).toEqual(["task.created"]);
    expect(receivedBy(endpoint({ events: ["call"] }), all)).toEqual([]);
  });

  it("include only those whose profile has the type, also under the star", () => {
    const all = EVENT_TYPES.map((type) => event(type));
    expect(receivedBy(endpoint({ profile: "voqo" }), all)).toEqual(["call.processed"]);
    expect(receivedBy(endpoint({ profile: "voqo", events: ["analysis.completed"] }), all)).toEqual([]);
    expect(receivedBy(endpoint({ profile: "voicesense" }), all)).toEqual(["analysis.completed", "analysis.failed"]);
  });

  it("include a Voicesense receiver where scores came later, and not for what it has no field for", () => {
    const updated = (...changed: string[]) => {
      const changes = Object.fromEntries(changed.map((name) => [name, { from: null, to: null }]));
      return event("analysis.updated", { data: JSON.stringify({ changes }) });
    };
    const receiver = endpoint({ profile: "voicesense" });
    expect(asksFor(receiver, updated("engines", "scores"))).toBe(true);
    expect(asksFor(receiver, updated("engines"))).toBe(false);
    expect(asksFor(endpoint(), updated("engines"))).toBe(true);
    expect(asksFor(endpoint({ profile: "voicesense", events: ["analysis.completed"] }), updated("scores"))).toBe(false);
  });

  it("goes by the profile's own names as well, and by no other profile's", () => {
    const processed = event("call.processed");
    expect(asksFor(endpoint({ profile: "voqo", events: ["call_ended"] }), processed)).toBe(true);
    expect(asksFor(endpoint({ profile: "standard", events: ["call_ended"] }), processed)).toBe(false);
    expect(asksFor(endpoint({ profile: "voqo", events: ["call_ended"] }), event("call.completed"))).toBe(false);
  });

  it("include none of another organization, none inactive or deleted, and none created afterwards", () => {
    const given = [event("call.completed")];
    expect(receivedBy(endpoint({ organizationId: "org_2" }), given)).toEqual([]);
    expect(receivedBy(endpoint({ active: false }), given)).toEqual([]);
    expect(receivedBy(endpoint({ deletedAt: T0 }), given)).toEqual([]);
    expect(receivedBy(endpoint({ createdAt: T0 + 1 }), given)).toEqual([]);
    expect(receivedBy(endpoint({ createdAt: T0 }), given)).toEqual(["call.completed"]);
    expect(receivedBy(endpoint({ paused: true }), given)).toEqual(["call.completed"]);
  });

  it("is never the endpoint an event is about", () => {
    const given = [event("endpoint.disabled", { stream: "end_1" }), event("delivery.parked", { stream: "end_1" })];
    expect(receivedBy(endpoint({ id: "end_1" }), given)).toEqual([]);
    expect(receivedBy(endpoint({ id: "end_2" }), given)).toEqual(["endpoint.disabled", "delivery.parked"]);
  });

  it("narrows by campaign: a call of none is of none of them, and an event about an endpoint is of no call", () => {
    const one = endpoint({ filters: { campaignIds: ["cmp_a", "cmp_b"] } });
    expect(asksFor(one, scored(null, { campaign_id: "cmp_b" }))).toBe(true);
    expect(asksFor(one, scored(null, { campaign_id: "cmp_c" }))).toBe(false);
    expect(asksFor(one, scored(null, { campaign_id: null }))).toBe(false);
    expect(asksFor(one, event("endpoint.disabled", { stream: "end_9" }))).toBe(true);
  });

  it("narrows by source", () => {
    const one = endpoint({ filters: { sourceIds: ["src_a"] } });
    expect(asksFor(one, scored(null, { source: { id: "src_a", kind: "anura" } }))).toBe(true);
    expect(asksFor(one, scored(null, { source: { id: "src_b", kind: "anura" } }))).toBe(false);
  });

  it("narrows by risk where there is one, in an analysis and in the whole call", () => {
    const one = endpoint({ filters: { minimumRisk: 70 } });
    const whole = (...risks: (number | null)[]) =>
      event("call.processed", {
        data: JSON.stringify({
          ...eventExamples["call.processed"],
          analyses: risks.map((risk) => ({ risk_score: risk })),
        }),
      });
    expect([69.9, 70, 100, 0, null].map((risk) => asksFor(one, scored(risk)))).toEqual([
      false,
      true,
      true,
      false,
      true,
    ]);
    expect([whole(10, 90), whole(10, null), whole(null), whole()].map((given) => asksFor(one, given))).toEqual([
      true,
      false,
      true,
      true,
    ]);
    expect(asksFor(one, event("call.completed"))).toBe(true);
  });

  it("takes all filters together", () => {
    const one = endpoint({ filters: { campaignIds: ["cmp_a"], minimumRisk: 50 } });
    expect(asksFor(one, scored(60, { campaign_id: "cmp_a" }))).toBe(true);
    expect(asksFor(one, scored(40, { campaign_id: "cmp_a" }))).toBe(false);
    expect(asksFor(one, scored(60, { campaign_id: "cmp_b" }))).toBe(false);
  });
});

describe("what is handed to whom", () => {
  it("keeps the order of each stream and leaves out what waits for that endpoint", () => {
    const events = [
      event("call.completed", { seq: 1 }),
      event("call.updated", { seq: 2 }),
      event("call.completed", { stream: "call_2" }),
    ];
    const [first, second] = fanOut(
      events,
      [endpoint(), endpoint({ id: "end_2" })],
      [{ endpointId: "end_1", stream: "call_1" }],
    );
    expect(first!.events.map(({ stream, seq }) => [stream, seq])).toEqual([["call_2", 1]]);
    expect(second!.events.map(({ stream, seq }) => [stream, seq])).toEqual([
      ["call_1", 1],
      ["call_1", 2],
      ["call_2", 1],
    ]);
  });

  it("goes to the object that has the call since it began, all of a call to one object", () => {
    const shards = [
      { since: 0, shards: 1 },
      { since: T0, shards: 4 },
    ];
    const events = Array.from({ length: 40 }, (_, index) => {
      const began = index % 2 === 0 ? T0 - 1 : T0;
      return [1, 2, 3].map((seq) =>
        event("call.updated", { stream: `call_${index}`, seq, beganAt: began, recordedAt: T0 + seq }),
      );
    }).flat();
    const batches = fanOut(events, [endpoint({ shards })], []);
    const objectOf = new Map(
      batches.flatMap(({ object, events: taken }) => taken.map(({ stream }) => [stream, object] as const)),
    );
    for (let index = 0; index < 40; index += 2) expect(objectOf.get(`call_${index}`)).toBe("end_1/0");
    expect(new Set(objectOf.values())).toEqual(new Set(["end_1/0", "end_1/1", "end_1/2", "end_1/3"]));
    for (const { events: taken } of batches) {
      const byStream = Map.groupBy(taken, ({ stream }) => stream);
      for (const given of byStream.values()) expect(given.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    }
    expect(batches.flatMap(({ events: taken }) => taken)).toHaveLength(events.length);
  });
});
