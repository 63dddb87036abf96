import { abortAllDurableObjects, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, it, vi } from "vitest";
import { event, makeDue, newEndpoint, SECRET, states, subscriber, type Hit } from "./subscriber";

afterEach(() => vi.restoreAllMocks());

describe("an endpoint's object", () => {
  it("sends what it is given, signed, once each, and keeps a log of it", async () => {
    const hits = subscriber();
    const { config, object } = await newEndpoint();
    await object().enqueue(config, [event("a", 1), event("b", 1)]);
    await vi.waitFor(() => expect(hits).toHaveLength(2));
    for (const hit of hits) expect(() => new Webhook(SECRET).verify(hit.body, hit.headers)).not.toThrow();
    await vi.waitFor(async () => {
      const log = await object().log("org_1", { limit: 10 });
      expect(log.map((one) => one.state)).toEqual(["delivered", "delivered"]);
      expect(log[0]!.attempts[0]).toMatchObject({ number: 1, status: 200, error: null, response: { body: "ok" } });
      expect(log[0]!.attempts[0]!.request.body).toContain("evt_");
    });
    expect(await object().log("org_other", { limit: 10 })).toEqual([]);
  });

  it("takes a redelivered event once: the queue may hand it over twice or in pieces", async () => {
    const hits = subscriber();
    const { config, object } = await newEndpoint();
    expect(await object().enqueue(config, [event("a", 1)])).toMatchObject({ accepted: 1, duplicates: 0 });
    expect(await object().enqueue(config, [event("a", 1), event("a", 2)])).toMatchObject({
      accepted: 1,
      duplicates: 1,
    });
    await vi.waitFor(() => expect(hits.map((hit) => hit.seq)).toEqual([1, 2]));
    await evictDurableObject(object());
    expect(await object().enqueue(config, [event("a", 1), event("a", 2)])).toMatchObject({
      accepted: 0,
      duplicates: 2,
    });
    expect(hits).toHaveLength(2);
  });

  it("keeps strict order within a call while others go on, whatever fails at random", async () => {
    let state = 5;
    const random = () => (state = (state * 1664525 + 1013904223) >>> 0) / 2 ** 32;
    const accepted: Hit[] = [];
    subscriber((hit) => {
      if (random() < 0.4) return new Response("no", { status: 500 });
      accepted.push(hit);
      return new Response("ok");
    });
    const { config, object } = await newEndpoint();
    const calls = Array.from({ length: 8 }, (_, index) => `call${index}`);
    for (let seq = 1; seq <= 5; seq += 1)
      await object().enqueue(
        config,
        calls.map((call) => event(call, seq)),
      );
    for (let round = 0; round < 60 && accepted.length < 40; round += 1) await makeDue(object());
    for (const call of calls)
      expect(accepted.filter((hit) => hit.call === call).map((hit) => hit.seq)).toEqual([1, 2, 3, 4, 5]);
  });

  it("does not let a lane that waits for its retry hold back another call, nor send its next event", async () => {
    const hits = subscriber((hit) => (hit.call === "bad" ? new Response("down", { status: 503 }) : new Response("ok")));
    const { config, object } = await newEndpoint();
    await object().enqueue(config, [event("bad", 1), event("bad", 2), event("good", 1), event("good", 2)]);
    await vi.waitFor(() => expect(hits.filter((hit) => hit.call === "good").map((hit) => hit.seq)).toEqual([1, 2]));
    expect(hits.filter((hit) => hit.call === "bad").map((hit) => hit.seq)).toEqual([1]);
  });

  it("does not try again before a retry is due, and has an alarm for when it is", async () => {
    const hits = subscriber(() => new Response("down", { status: 500 }));
    const { config, object } = await newEndpoint();
    await object().enqueue(config, [event("a", 1)]);
    await vi.waitFor(() => expect(hits).toHaveLength(1));
    await vi.waitFor(async () => expect((await object().log("org_1", { limit: 1 }))[0]!.attempts).toHaveLength(1));
    await evictDurableObject(object());
    expect(await runDurableObjectAlarm(object())).toBe(true);
    expect(hits).toHaveLength(1);
    const [entry] = await object().log("org_1", { limit: 1 });
    const alarm = await runInDurableObject(object(), (_, state) => state.storage.getAlarm());
    expect(alarm).toBeGreaterThan(0);
    expect(alarm).toBeLessThanOrEqual(entry!.dueAt!);
  });

  it("goes on after the object was lost between taking an event and sending it", async () => {
    const hits = subscriber(() => new Promise(() => undefined));
    const { config, object } = await newEndpoint();
    await object().enqueue(config, [event("a", 1)]);
    await vi.waitFor(() => expect(hits).toHaveLength(1));
    vi.restoreAllMocks();
    const after = subscriber();
    await abortAllDurableObjects();
    expect(await runDurableObjectAlarm(object())).toBe(true);
    await vi.waitFor(() => expect(after.map((hit) => hit.seq)).toEqual([1]));
  });

  it("parks a head without attempts left, goes on, and reports the gap with the next event", async () => {
    const hits = subscriber((hit) => (hit.seq < 3 ? new Response("no", { status: 500 }) : new Response("ok")));
    const { config, object } = await newEndpoint();
    await object().enqueue(config, [event("a", 1), event("a", 2), event("a", 3), event("a", 4)]);
    for (let round = 0; round < 40; round += 1) {
      await makeDue(object());
      if ((await states(object()))["a/4"] === "delivered") break;
    }
    expect(await states(object())).toEqual({
      "a/1": "parked",
      "a/2": "parked",
      "a/3": "delivered",
      "a/4": "delivered",
    });
    expect(hits.filter((hit) => hit.seq === 1)).toHaveLength(10);
    expect(hits.find((hit) => hit.seq === 3)?.gap).toEqual({ from: 1, to: 2 });
    expect(hits.find((hit) => hit.seq === 4)?.gap).toBeUndefined();
  });

  it("holds everything back while inactive and goes on when active again", async () => {
    const hits = subscriber();
    const { config, object } = await newEndpoint({ active: false });
    await object().enqueue(config, [event("a", 1)]);
    await runDurableObjectAlarm(object());
    expect(hits).toHaveLength(0);
    await object().configure({ ...config, active: true, version: 2 });
    await vi.waitFor(() => expect(hits).toHaveLength(1));
  });

  it("refuses everything once deleted, whatever configuration arrives late", async () => {
    const hits = subscriber(() => new Response("down", { status: 500 }));
    const { config, object } = await newEndpoint();
    await object().enqueue(config, [event("a", 1)]);
    await vi.waitFor(() => expect(hits).toHaveLength(1));
    await object().configure({ ...config, deleted: true, version: 2 });
    expect(await object().enqueue({ ...config, version: 3 }, [event("a", 2)])).toMatchObject({ refused: "deleted" });
    expect(await states(object())).toEqual({});
  });

  it("keeps the newest version of its configuration, in whatever order they come", async () => {
    const { config, object } = await newEndpoint();
    const urls: string[] = [];
    vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
      urls.push(new Request(input).url);
      return new Response("ok");
    });
    await object().configure({ ...config, version: 3, url: "https://new.test/hook" });
    await object().enqueue({ ...config, version: 2 }, [event("a", 1)]);
    await vi.waitFor(() => expect(urls).toEqual(["https://new.test/hook"]));
  });

  it("reads no more of an answer than it keeps", async () => {
    let pulled = 0;
    subscriber(
      () =>
        new Response(
          new ReadableStream({
            pull(controller) {
              pulled += 1;
              controller.enqueue(new Uint8Array(64 * 1024).fill(65));
            },
          }),
        ),
    );
    const { config, object } = await newEndpoint();
    await object().enqueue(config, [event("a", 1)]);
    await vi.waitFor(async () => expect((await object().log("org_1", { limit: 1 }))[0]!.state).toBe("delivered"));
    const [entry] = await object().log("org_1", { limit: 1 });
    expect(entry!.attempts[0]!.response!.body).toHaveLength(16 * 1024);
    expect(pulled).toBeLessThan(5);
  });

  it("treats a redirect as a failure and does not follow it", async () => {
    const hits = subscriber(
      () => new Response(null, { status: 302, headers: { location: "http://169.254.169.254/" } }),
    );
    const { config, object } = await newEndpoint();
    await object().enqueue(config, [event("a", 1)]);
    await vi.waitFor(async () =>
      expect((await object().log("org_1", { limit: 1 }))[0]!.attempts[0]).toMatchObject({
        status: 302,
        error: "redirect",
      }),
    );
    expect(hits).toHaveLength(1);
  });

  it("binds a fresh link to a kept recording at each attempt and leaves the rest of the event as it was", async () => {
    let failures = 1;
    const hits = subscriber(() => (failures-- > 0 ? new Response("no", { status: 500 }) : new Response("ok")));
    const { config, object } = await newEndpoint();
    await object().enqueue(config, [event("a", 1, { recording: { id: "rec_x_1", state: "completed" } })]);
    await vi.waitFor(() => expect(hits).toHaveLength(1));
    await vi.waitFor(async () => expect((await object().log("org_1", { limit: 1 }))[0]!.attempts).toHaveLength(1));
    await makeDue(object());
    await vi.waitFor(() => expect(hits).toHaveLength(2));
    const [first, second] = hits.map(
      (hit) => JSON.parse(hit.body) as { id: string; data: { recording: { audio_url: string } } },
    );
    expect(first!.data.recording.audio_url).toMatch(/^https:\/\/trunkline\.test\/recordings\/rec_x_1\/audio\?/);
    expect(second!.id).toBe(first!.id);
  });
});
