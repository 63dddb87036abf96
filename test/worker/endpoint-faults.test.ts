import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { endpointConfigOf } from "../../src/delivery";
import { DAY, HOUR } from "../../src/lib/time";
import { mintEndpoint, mintOrganization } from "../factories";
import { event, makeDue, newEndpoint, states, subscriber } from "./subscriber";

const db = openDatabase(env.DB);
const down = () => new Response("down", { status: 500 });

const calls = (count: number, prefix = "c") => Array.from({ length: count }, (_, index) => event(`${prefix}${index}`, 1));

afterEach(() => vi.restoreAllMocks());

describe("an open circuit", () => {
  it("is not shut for good by a replay that was its probe and failed", async () => {
    let fails = true;
    const hits = subscriber(() => (fails ? down() : new Response("ok")));
    const { config, object } = await newEndpoint({ settings: { retryWaits: [] } });
    await object().enqueue(config, calls(10));
    await vi.waitFor(async () => expect(new Set(Object.values(await states(object())))).toEqual(new Set(["parked"])));
    await evictDurableObject(object());
    await object().replay("org_1", { stream: "c0" }, { dryRun: false, replay: 7 });
    await vi.waitFor(() => expect(hits).toHaveLength(11));
    fails = false;
    await object().enqueue(config, [event("later", 1)]);
    // The next probe is half a minute off; there is an alarm for it.
    const alarm = await runInDurableObject(object(), (_, state) => state.storage.getAlarm());
    expect(alarm).toBeLessThanOrEqual(Date.now() + 60_000);
    vi.spyOn(Date, "now").mockReturnValue(Date.now() + 61_000);
    await runDurableObjectAlarm(object());
    await vi.waitFor(() => expect(hits.map((hit) => hit.call)).toContain("later"));
  });

  it("lets a replay that succeeds as its probe close it in the same life", async () => {
    let fails = true;
    const hits = subscriber(() => (fails ? down() : new Response("ok")));
    const { config, object } = await newEndpoint({ settings: { retryWaits: [] } });
    await object().enqueue(config, calls(10));
    await vi.waitFor(async () => expect(new Set(Object.values(await states(object())))).toEqual(new Set(["parked"])));
    await evictDurableObject(object());
    fails = false;
    await object().replay("org_1", { stream: "c0" }, { dryRun: false, replay: 7 });
    await vi.waitFor(() => expect(hits).toHaveLength(11));
    await object().enqueue(config, [event("later", 1)]);
    await vi.waitFor(() => expect(hits.map((hit) => hit.call)).toContain("later"));
  });

  it("is not what one failing call leaves behind when the object is woken again", async () => {
    const hits = subscriber((hit) => (hit.call === "bad" ? down() : new Response("ok")));
    const { config, object } = await newEndpoint();
    await object().enqueue(config, [event("bad", 1)]);
    await vi.waitFor(async () => expect((await object().log("org_1", { limit: 1 }))[0]!.attemptCount).toBe(1));
    await makeDue(object());
    await vi.waitFor(async () => expect((await object().log("org_1", { limit: 1 }))[0]!.attemptCount).toBe(2));
    await object().enqueue(config, [event("good", 1)]);
    await vi.waitFor(() => expect(hits.map((hit) => hit.call)).toContain("good"));
  });
});

describe("an event that no body can be made of", () => {
  it("does not break the circuit for the others", async () => {
    const hits = subscriber();
    const { config, object } = await newEndpoint();
    const poison = Array.from({ length: 12 }, (_, index) => ({ ...event(`p${index}`, 1), data: '{"spilled":"gone"}' }));
    await object().enqueue(config, poison);
    await vi.waitFor(async () =>
      expect((await object().log("org_1", { limit: 20 })).every((one) => one.attempts[0]?.error === "body")).toBe(true),
    );
    await object().enqueue(config, [event("good", 1)]);
    await vi.waitFor(() => expect(hits.map((hit) => hit.call)).toEqual(["good"]));
  });
});

