import { createExecutionContext, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import worker from "../../src";
import { openDatabase } from "../../src/db/client";
import * as schema from "../../src/db/schema";
import { mintApiKey, mintCampaign, mintOrganization } from "../factories";
import { confirmAt, mintSession } from "../sign-in";
import { newPipeline, type Pipeline } from "./pipeline";
import { sineWav } from "./sine-wav";
import { formOf, send } from "./uploading";

// Events from the pipeline to those who listen, through the real handlers and the real object.

const db = openDatabase(env.DB);
const WAV = sineWav(1);
const OF_A_CALL = [
  "call.completed",
  "recording.completed",
  "task.created",
  "analysis.created",
  "analysis.completed",
  "call.processed",
];

type Organization = Awaited<ReturnType<typeof mintOrganization>>;
type Frame = { id: number | undefined; event: string; data: Record<string, unknown> };

let line: Pipeline;
let organization: Organization;
const open: Listening[] = [];

beforeEach(async () => {
  line = newPipeline();
  organization = await mintOrganization(db);
  await mintCampaign(db, organization.id);
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.leave()));
  vi.restoreAllMocks();
});

type Listening = {
  ready: Frame;
  next(): Promise<Frame>;
  take(count: number): Promise<Frame[]>;
  leave(): Promise<unknown>;
};

/** Somebody who listens, as far as they have read. */
async function listen(sent: Record<string, string>, query = "", last?: number | string): Promise<Listening> {
  const headers = { ...sent, ...(last !== undefined && { "last-event-id": String(last) }) };
  const request = new Request(`https://trunkline.test/v1/events/stream${query}`, { headers });
  const response = await worker.fetch(request, line.env, createExecutionContext());
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  async function next(): Promise<Frame> {
    for (;;) {
      const end = text.indexOf("\n\n");
      if (end === -1) {
        const { done, value } = await reader.read();
        if (done) throw new Error("the stream ended");
        text += value;
        continue;
      }
      const fields = new Map(
        text
          .slice(0, end)
          .split("\n")
          .map((one) => [one.slice(0, one.indexOf(":")), one.slice(one.indexOf(":") + 2)] as const),
      );
      text = text.slice(end + 2);
      const id = fields.get("id");
      if (fields.has("event"))
        return {
          id: id === undefined ? undefined : Number(id),
          event: fields.get("event") ?? "",
          data: JSON.parse(fields.get("data") ?? "null") as Record<string, unknown>,
        };
    }
  }
  const listening = {
    ready: await next(),
    next,
    take: async (count: number) => {
      const frames: Frame[] = [];
      while (frames.length < count) frames.push(await next());
      return frames;
    },
    leave: () => reader.cancel().catch(() => undefined),
  };
  open.push(listening);
  return listening;
}

const keyOf = ({ key }: { key: string }) => ({ "x-api-key": key });

/** A call with a recording and an analysis, up to its last event. Gives its id. */
async function makeCall(of: Organization = organization, campaign = "1"): Promise<string> {
  const made = await send(line, "POST", "/v1/uploads", {
    key: of.key,
    body: formOf({ campaign_id: campaign }, ["call.wav", WAV]),
  });
  expect(made.status).toBe(201);
  await line.run();
  return made.body.call_id as string;
}

const streamOf = ({ id }: Organization) => env.STREAMS.getByName(id);
const registered = async ({ id }: Organization) =>
  (await db.select().from(schema.eventListeners).where(eq(schema.eventListeners.organizationId, id))).length > 0;

describe("listeners", { timeout: 30_000 }, () => {
  it("each hear every event of a call, in order and numbered, as `standard` sends it", async () => {
    const [one, other] = [await listen(keyOf(organization)), await listen(keyOf(organization))];
    expect(one.ready).toMatchObject({ event: "ready", data: { profile: null, secret: null } });
    const callId = await makeCall();
    const heard = await one.take(OF_A_CALL.length);
    expect(heard.map(({ event }) => event)).toEqual(OF_A_CALL);
    expect(heard.map(({ id }) => id! - one.ready.id!)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await other.take(OF_A_CALL.length)).toEqual(heard);
    const { data: recorded } = (await send(line, "GET", `/v1/calls/${callId}/events`, { key: organization.key })).body;
    for (const [index, { data }] of heard.entries())
      expect(data).toMatchObject({
        id: recorded[index].id,
        type: recorded[index].type,
        seq: recorded[index].seq,
        stream: callId,
        data: recorded[index].data,
      });
  });

  it("hear nothing of other organizations", async () => {
    const foreign = await mintOrganization(db);
    await mintCampaign(db, foreign.id);
    const [mine, theirs] = [await listen(keyOf(organization)), await listen(keyOf(foreign))];
    const [call, other] = [await makeCall(), await makeCall(foreign)];
    for (const [listening, id] of [
      [mine, call],
      [theirs, other],
    ] as const)
      expect(new Set((await listening.take(6)).map(({ data }) => data["stream"]))).toEqual(new Set([id]));
  });

  it("go on where they were, and miss nothing", async () => {
    const first = await listen(keyOf(organization));
    const one = await makeCall();
    const heard = await first.take(3);
    await first.leave();
    const two = await makeCall();
    const again = await listen(keyOf(organization), "", heard[2]!.id);
    // It has no number: with one, a line that breaks here would lose what was missed.
    expect(again.ready.id).toBeUndefined();
    const missed = await again.take(9);
    expect(missed.map(({ data }) => data["stream"])).toEqual([...Array(3).fill(one), ...Array(6).fill(two)]);
    expect(missed.map(({ id }) => id)).toEqual(missed.map((_, index) => heard[2]!.id! + index + 1));
    const three = await makeCall();
    expect((await again.next()).data["stream"]).toBe(three);
    const byQuery = await listen(keyOf(organization), `?last_event_id=${missed[8]!.id}`);
    expect((await byQuery.next()).data["stream"]).toBe(three);
  });

  it.for(["99999999", "-1", "abc", "0"])("are told to start anew after a number nobody knows: %s", async (last) => {
    // The first listener ever begins behind a gap, because nothing was kept before.
    const before = await listen(keyOf(organization));
    const again = await listen(keyOf(organization), "", last);
    expect(await again.next()).toMatchObject({ event: "reset", id: before.ready.id });
    const callId = await makeCall();
    expect((await again.next()).data["stream"]).toBe(callId);
  });

  it("are told to start anew where more happened than is kept", async () => {
    const first = await listen(keyOf(organization));
    await makeCall();
    const heard = await first.take(6);
    await first.leave();
    await runInDurableObject(streamOf(organization), (_, { storage }) => {
      // As if the first three had been kept for eleven minutes.
      storage.sql.exec("UPDATE kept SET kept_at = kept_at - 660000 WHERE number <= ?", heard[2]!.id);
    });
    const late = await listen(keyOf(organization), "", heard[1]!.id);
    expect((await late.next()).event).toBe("reset");
    const inTime = await listen(keyOf(organization), "", heard[2]!.id);
    expect((await inTime.take(3)).map(({ id }) => id)).toEqual(heard.slice(3).map(({ id }) => id));
  });

  it("stay joined while the object sleeps, and is evicted", async () => {
    const listening = await listen(keyOf(organization));
    await evictDurableObject(streamOf(organization));
    const one = await makeCall();
    expect((await listening.take(6)).map(({ data }) => data["stream"])).toEqual(Array(6).fill(one));
    await evictDurableObject(streamOf(organization));
    const two = await makeCall();
    expect((await listening.take(6)).map(({ data }) => data["stream"])).toEqual(Array(6).fill(two));
  });

  it("are no more than fifty of an organization", async () => {
    for (let count = 0; count < 50; count += 1) await listen(keyOf(organization));
    const answer = await send(line, "GET", "/v1/events/stream", { key: organization.key });
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "30"]);
  });
});

describe("writers", { timeout: 30_000 }, () => {
  it("call the stream only while somebody listens, or has left so lately that they may come back", async () => {
    const numbers = () =>
      runInDurableObject(
        streamOf(organization),
        (_, { storage }) => storage.sql.exec<{ n: number }>("SELECT count(*) AS n FROM kept").one().n,
      );
    await makeCall();
    expect([await registered(organization), await numbers()]).toEqual([false, 0]);
    const listening = await listen(keyOf(organization));
    await makeCall();
    const heard = await listening.take(6);
    expect([await registered(organization), await numbers()]).toEqual([true, 6]);
    await listening.leave();
    await vi.waitFor(
      async () =>
        expect(await runInDurableObject(streamOf(organization), (_, state) => state.getWebSockets().length)).toBe(0),
      { timeout: 10_000 },
    );
    await runDurableObjectAlarm(streamOf(organization));
    expect(await registered(organization)).toBe(true);
    await runInDurableObject(
      streamOf(organization),
      (_, { storage }) => void storage.sql.exec("UPDATE listeners SET left_at = 1"),
    );
    await runDurableObjectAlarm(streamOf(organization));
    expect(await registered(organization)).toBe(false);
    await makeCall();
    expect(await numbers()).toBe(0);
    // What happened meanwhile was not heard of here.
    const again = await listen(keyOf(organization), "", heard[5]!.id);
    expect((await again.next()).event).toBe("reset");
  });

  it("hand over nothing twice, whoever drains again", async () => {
    const listening = await listen(keyOf(organization));
    const callId = await makeCall();
    await listening.take(6);
    await db
      .insert(schema.pendingStreams)
      .values({ stream: callId, organizationId: organization.id, fromSeq: 1, since: 0 });
    await line.deliver("trunkline-events", [{ organizationId: organization.id, stream: callId }]);
    const next = await makeCall();
    expect((await listening.next()).data["stream"]).toBe(next);
  });

  it("deliver to webhooks although the stream does not answer", async () => {
    await listen(keyOf(organization));
    const broken = newPipeline({
      STREAMS: { getByName: () => ({ publish: () => Promise.reject(new Error("gone")) }) } as never,
    });
    line = broken;
    await db
      .insert(schema.eventListeners)
      .values({ organizationId: organization.id, until: Date.now() * 2 })
      .onConflictDoNothing();
    const callId = await makeCall();
    const left = await db.select().from(schema.pendingStreams).where(eq(schema.pendingStreams.stream, callId));
    expect(left).toEqual([]);
  });
});

describe("what a listener hears", { timeout: 30_000 }, () => {
  it("is what they ask for, and may read whole", async () => {
    const scoped = (scopes: string[]) => mintApiKey(db, { organizationId: organization.id, scopes });
    const { key: reader } = await scoped(["events:read", "calls:read", "analyses:read"]);
    const { key: nobody } = await scoped(["events:read"]);
    const wanting = await listen(keyOf(organization), "?events=analysis.*,call.processed");
    const reading = await listen({ "x-api-key": reader });
    const deaf = await listen({ "x-api-key": nobody });
    await makeCall();
    await db.update(schema.organizations).set({ name: "Renamed" }).where(eq(schema.organizations.id, organization.id));
    expect((await wanting.take(3)).map(({ event }) => event)).toEqual([
      "analysis.created",
      "analysis.completed",
      "call.processed",
    ]);
    // `call.processed` has recordings too, which this key may not read.
    expect((await reading.take(3)).map(({ event }) => event)).toEqual([
      "call.completed",
      "analysis.created",
      "analysis.completed",
    ]);
    // Two calls later it has heard nothing: its next word would be there before the other's.
    await makeCall();
    await reading.take(3);
    const silence = Symbol("silence");
    const word = await Promise.race([deaf.next(), new Promise((resolve) => setTimeout(resolve, 300, silence))]);
    expect(word).toBe(silence);
  });

  it("is of the campaigns and operators that they reach", async () => {
    const other = await mintCampaign(db, organization.id, "Other");
    const now = Date.now();
    const session = await mintSession(db, { organizationId: organization.id, role: "supervisor", now });
    await db
      .update(schema.memberships)
      .set({ campaigns: [other.id] })
      .where(eq(schema.memberships.userId, session.userId));
    await confirmAt(db, session.hash, now);
    const limited = await listen(session.headers);
    const all = await listen(keyOf(organization));
    await makeCall(organization, "1");
    const mine = await makeCall(organization, other.id);
    expect(new Set((await limited.take(6)).map(({ data }) => data["stream"]))).toEqual(new Set([mine]));
    expect(await all.take(12)).toHaveLength(12);
  });

  it("can be the request of a webhook, signed with a secret of their own that lasts while they come back", async () => {
    const listening = await listen(keyOf(organization), "?profile=standard&events=call.completed");
    const { secret, listener } = listening.ready.data as { secret: string; listener: string };
    await makeCall();
    const request = await listening.next();
    expect(request).toMatchObject({ event: "request", data: { type: "call.completed", method: "POST" } });
    const { headers, body } = request.data as { headers: Record<string, string>; body: string };
    expect(new Webhook(secret).verify(body, headers)).toMatchObject({ type: "call.completed" });
    await listening.leave();
    const again = await listen(keyOf(organization), `?profile=standard&listener=${listener}`, request.id);
    expect(again.ready.data).toMatchObject({ listener, secret });
    const another = await listen(keyOf(organization), "?profile=standard");
    expect(another.ready.data["secret"]).not.toBe(secret);
    const foreign = await mintOrganization(db);
    const stranger = await listen(keyOf(foreign), `?profile=standard&listener=${listener}`);
    expect(stranger.ready.data["secret"]).not.toBe(secret);
  });

  it("is refused with its reason", async () => {
    const { key } = await mintApiKey(db, { organizationId: organization.id, scopes: ["events:read", "calls:read"] });
    const get = (query: string, asking = key) => send(line, "GET", `/v1/events/stream${query}`, { key: asking });
    expect((await get("?profile=standard")).body).toMatchObject({ permission: "events:listen", status: 403 });
    expect((await get("?events=call.*,nothing")).status).toBe(422);
    expect((await get("?profile=other")).status).toBe(422);
    expect((await get("?listener=lst_short")).status).toBe(422);
    expect((await get("?more=1")).status).toBe(422);
    const { key: other } = await mintApiKey(db, { organizationId: organization.id, scopes: ["calls:read"] });
    expect((await get("", other)).body).toMatchObject({ permission: "events:read" });
    expect((await send(line, "HEAD", "/v1/events/stream", { key })).status).toBe(200);
    expect(await registered(organization)).toBe(false);
  });
});
