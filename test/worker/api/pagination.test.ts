import { describe, it, type ExpectStatic } from "vitest";
import { recordReveal } from "../../../src/delivery";
import { newId } from "../../../src/lib/id";
import {
  mintAnalysis,
  mintApiKey,
  mintCall,
  mintCampaign,
  mintEndpoint,
  mintEvent,
  mintInbound,
  mintOperator,
  mintOrganization,
  mintRecording,
  mintSource,
  mintTask,
  NOON,
  ACT_AT_NOON,
} from "../../factories";
import { apiClient, db } from "./client";

const COUNT = 7;

/** Makes the `index`th thing of a list. Calls come in pairs that began at once, so that pages end between equals. */
type Mint = (organizationId: string, index: number) => Promise<unknown>;

const mintTimedCall = (organizationId: string, index: number) =>
  mintCall(db, organizationId, { startedAt: NOON + Math.floor(index / 2) });

const LISTS: Record<string, Mint> = {
  campaigns: (id) => mintCampaign(db, id),
  operators: (id, index) => mintOperator(db, id, `Agent ${"ABCDEFG"[index]}`),
  calls: mintTimedCall,
  recordings: async (id, index) => {
    const call = await mintTimedCall(id, index);
    return Promise.all([mintRecording(db, call), mintRecording(db, call), mintRecording(db, call)]);
  },
  analyses: async (id, index) => {
    const call = await mintTimedCall(id, index);
    return Promise.all(
      ["a", "b"].map((engine) => mintAnalysis(db, call, "rec_x", { id: `ana_${call.id.slice(5)}_${engine}` })),
    );
  },
  tasks: async (id, index) => mintTask(db, await mintTimedCall(id, index), "rec_x"),
  endpoints: (id) => mintEndpoint(db, id),
  webhooks: (id) => mintEndpoint(db, id),
  "secret-reveals": (id) => recordReveal(db, { organizationId: id, endpointId: "wh_1" }, ACT_AT_NOON),
  "api-keys": (id) => mintApiKey(db, { organizationId: id }),
  sources: (id) => mintSource(db, id),
  inbound: (id, index) => mintInbound(db, id, { id: newId("inb", NOON + index) }),
};

describe("pagination", () => {
  it.for(Object.keys(LISTS))("walks /v1/%s without gaps or duplicates", async (resource, { expect }) => {
    const { id, key } = await mintOrganization(db);
    const stranger = await mintOrganization(db);
    for (let index = 0; index < COUNT; index += 1) {
      await LISTS[resource]?.(id, index);
      await LISTS[resource]?.(stranger.id, index);
    }
    const api = apiClient();
    const whole = (await api.get(`/v1/${resource}?limit=200`, { key })).body;
    const ids = whole.data.map((one: { id: string }) => one.id);
    expect(ids.length).toBeGreaterThanOrEqual(COUNT);
    expect(whole.next_cursor).toBeNull();
    for (const limit of [1, 2, 3, ids.length]) {
      expect(await walk(api, `/v1/${resource}?limit=${limit}`, key)).toEqual(ids);
    }
    await walkBack(api, `/v1/${resource}?limit=2`, key, expect);
  });

  it("walks the events of a call", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const call = await mintCall(db, id);
    const ids = [];
    for (let seq = 1; seq <= COUNT; seq += 1) ids.push((await mintEvent(db, call, seq)).id);
    expect(await walk(apiClient(), `/v1/calls/${call.id}/events?limit=2`, key)).toEqual(ids);
  });

  it("goes on where it was when newer calls arrive meanwhile", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const [older, newer] = [await mintCall(db, id), await mintCall(db, id, { startedAt: NOON + 1 })];
    const api = apiClient();
    const first = (await api.get("/v1/calls?limit=1", { key })).body;
    await mintCall(db, id, { startedAt: NOON + 2 });
    const second = (await api.get(`/v1/calls?limit=1&cursor=${first.next_cursor}`, { key })).body;
    expect([first.data[0].id, second.data[0].id]).toEqual([newer.id, older.id]);
  });
});

/** To the last page and back to the first: each page is met again, whole. */
async function walkBack(api: ReturnType<typeof apiClient>, path: string, key: string, expect: ExpectStatic) {
  const pages: string[][] = [];
  const ask = async (cursor: string | null) =>
    (await api.get(cursor === null ? path : `${path}&cursor=${encodeURIComponent(cursor)}`, { key })).body;
  const idsOf = ({ data }: { data: { id: string }[] }) => data.map(({ id }) => id);
  let page = await ask(null);
  expect(page.prev_cursor).toBeNull();
  for (pages.push(idsOf(page)); page.next_cursor !== null; pages.push(idsOf(page))) page = await ask(page.next_cursor);
  for (const before of pages.slice(0, -1).toReversed()) {
    page = await ask(page.prev_cursor);
    expect(idsOf(page)).toEqual(before);
  }
  expect(page.prev_cursor).toBeNull();
}

async function walk(api: ReturnType<typeof apiClient>, path: string, key: string): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const { body } = await api.get(cursor === null ? path : `${path}&cursor=${encodeURIComponent(cursor)}`, { key });
    ids.push(...body.data.map((one: { id: string }) => one.id));
    cursor = body.next_cursor;
  } while (cursor !== null);
  return ids;
}
