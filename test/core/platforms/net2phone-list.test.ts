import { describe, expect, it } from "vitest";
import type { AccessConfig, AccessDeps, ListedCall } from "../../../src/platforms";
import { net2phone } from "../../../src/platforms/net2phone";
import type { Net2phoneSettings } from "../../../src/platforms/net2phone/settings";

const HOUR = 3_600_000;
const FROM = Date.UTC(2026, 1, 10, 12);
const SPAN = { from: FROM, until: FROM + 2 * HOUR };

type Asked = { url: string; key: string | null; body: Record<string, unknown> };

function configOf(settings: Net2phoneSettings = {}): AccessConfig<Net2phoneSettings> {
  return {
    id: "src_1",
    organizationId: "org_1",
    kind: "net2phone",
    campaignId: null,
    settings: { list_call_id_field: "id", ...settings },
    secrets: [],
    state: "active",
    credentials: { api_key: "k-1" },
  };
}

/** A list of so many calls, one a minute and the newest first, the last of them at `FROM` minus an hour. */
function entries(count: number, end = FROM + 3 * HOUR): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `call-${index}`,
    start_time: new Date(end - index * 60_000).toISOString(),
    duration_seconds: 30,
    direction: "outbound",
    result: "answered",
  }));
}

/** Everything the list gives, page by page, with what was asked for it. */
async function listAll(
  answer: (body: Record<string, unknown>) => unknown,
  config = configOf(),
): Promise<{ calls: ListedCall[]; asked: Asked[]; failure?: unknown }> {
  const asked: Asked[] = [];
  const means: AccessDeps = {
    now: () => FROM,
    guardPolicy: { allowPrivateAddresses: false, ownHosts: [] },
    fetch: async (url, init) => {
      const request = new Request(url, init);
      const body = await request.json<Record<string, unknown>>();
      asked.push({ url: request.url, key: request.headers.get("x-api-key"), body });
      const reply = answer(body);
      return reply instanceof Response ? reply : Response.json(reply);
    },
  };
  const calls: ListedCall[] = [];
  let cursor: string | null = null;
  do {
    const page = await net2phone.pull!.list(SPAN, cursor, config, means);
    if (!page.ok) return { calls, asked, failure: page.error };
    calls.push(...page.value.calls);
    ({ cursor } = page.value);
    if (asked.length > 300) throw new Error("the list never ends");
  } while (cursor !== null);
  return { calls, asked };
}

function pageAfter(all: Record<string, unknown>[], after: unknown): Record<string, unknown>[] {
  const start = all.findIndex(({ id }) => id === after) + 1;
  return all.slice(start, start + 50);
}

describe("net2phone's list of calls", () => {
  it("is asked with the API key, and holds the calls that began in the span", async () => {
    const all = entries(40, FROM + 2 * HOUR + 60_000);
    const { calls, asked } = await listAll(() => ({ items: all }));
    expect(asked).toEqual([
      { url: "https://api.n2p.io/v2/call-detail-records:search", key: "k-1", body: { limit: 50 } },
    ]);
    // The first two began at its end and after it.
    expect(calls.map(({ externalId }) => externalId)).toEqual(all.slice(2).map(({ id }) => id));
    expect(JSON.parse(calls[0]!.body)).toEqual(all[2]);
    expect(calls[0]!.startedAt).toBe(SPAN.until - 60_000);
  });

  it("goes on with the cursor the answer names", async () => {
    const all = entries(120, FROM + 90 * 60_000);
    const { calls, asked } = await listAll(({ after }) => {
      const start = Number(after ?? 0);
      return { items: all.slice(start, start + 50), next_cursor: start + 50 < 120 ? String(start + 50) : null };
    });
    expect(asked.map(({ body }) => body["after"])).toEqual([undefined, "50"]);
    // The second page came to calls from before the span.
    expect(calls).toHaveLength(91);
  });

  it("takes the names of the cursor from the settings", async () => {
    const all = entries(60, FROM + HOUR);
    const settings = { list_cursor_parameter: "page", list_cursor_field: "meta.more" };
    const { calls, asked } = await listAll(
      ({ page }) => (page === "2" ? { items: all.slice(50) } : { items: all.slice(0, 50), meta: { more: "2" } }),
      configOf(settings),
    );
    expect(asked[1]?.body).toEqual({ limit: 50, page: "2" });
    expect(calls).toHaveLength(60);
  });

  it("goes on after the last call of a full page where no cursor is named", async () => {
    const all = entries(110, FROM + 110 * 60_000);
    const { calls } = await listAll(({ after }) => ({ items: pageAfter(all, after) }));
    expect(new Set(calls.map(({ externalId }) => externalId)).size).toBe(110);
  });

  it("ends where a page brings nothing new, or is refused to a guess", async () => {
    const all = entries(50, FROM + HOUR);
    const same = await listAll(() => ({ items: all }));
    expect([same.calls.length, same.asked.length]).toEqual([50, 2]);
    const strict = await listAll(({ after }) =>
      after === undefined ? { items: all } : new Response("", { status: 400 }),
    );
    expect([strict.calls.length, strict.failure]).toEqual([50, undefined]);
  });

  it("ends even if each page names another one", async () => {
    let round = 0;
    const { asked } = await listAll(() => {
      round += 1;
      return { items: [{ id: `c-${round}`, start_time: new Date(FROM).toISOString() }], next: String(round) };
    });
    expect(asked).toHaveLength(200);
  });

  it.each([
    [401, "refused"],
    [403, "refused"],
    [404, "refused"],
    [429, "not_ready"],
    [500, "not_ready"],
  ])("that is answered with %d is %s", async (status, kind) => {
    const { failure } = await listAll(() => new Response("", { status }));
    expect(failure).toMatchObject({ kind });
  });

  it("is not asked for without a key, or before the field of the call's id is known", async () => {
    for (const config of [{ ...configOf(), credentials: null }, configOf({ list_call_id_field: undefined })]) {
      const { failure, asked } = await listAll(() => ({ items: [] }), config);
      expect(failure).toMatchObject({ kind: "refused" });
      expect(asked).toEqual([]);
    }
  });

  it("does not stumble over entries that are none", async () => {
    const { calls } = await listAll(() => ({ items: [null, 7, {}, { id: "x" }, { id: "y", start_time: "never" }] }));
    expect(calls).toEqual([]);
  });
});

describe("a listed call of net2phone", () => {
  const listed = {
    id: "call-guid",
    direction: "outbound",
    result: "answered",
    from: "201",
    to: "+15551230001",
    from_normalized: { id: "201" },
    to_normalized: { id: "15551230001" },
    start_time: "2026-02-10T14:00:00Z",
    duration_seconds: 120,
    caller: { user: { id: 1, first_name: "Jane", last_name: "Doe" } },
    caller_call_recording: { id: "rec-1" },
    callee_call_recording: { id: "rec-2" },
  };
  const factsOf = async (fields: object, settings: Net2phoneSettings = {}) => {
    const body = new Uint8Array(new TextEncoder().encode(JSON.stringify(fields)));
    const result = await net2phone.pull!.readListed(body, "application/json", configOf(settings));
    if (!result.ok || result.value.kind !== "calls") throw new Error(JSON.stringify(result));
    return result.value.facts[0]!;
  };
  const link = (id: string) => `https://api.n2p.io/v2/call-recordings/${id}:generate-audio-download-link`;

  it("is the call and the recording its notices mean", async () => {
    expect(await factsOf(listed)).toMatchObject({
      externalId: "call-guid",
      outcome: "completed",
      direction: "outbound",
      from: "201",
      toE164: "+15551230001",
      startedAt: Date.UTC(2026, 1, 10, 14),
      endedAt: Date.UTC(2026, 1, 10, 14, 2),
      durationSeconds: 120,
      operatorName: "Jane Doe",
      operatorReference: "net2phone:user:1",
      recordings: [{ externalId: "audio", url: link("rec-1") }],
    });
  });

  it("is named by the field the source says", async () => {
    const facts = await factsOf({ ...listed, call: { guid: "other" } }, { list_call_id_field: "call.guid" });
    expect(facts.externalId).toBe("other");
  });

  it("has each side's recording where the source wants each", async () => {
    expect((await factsOf(listed, { several_recordings: true })).recordings).toEqual([
      { externalId: "message-rec-1", url: link("rec-1") },
      { externalId: "message-rec-2", url: link("rec-2") },
    ]);
  });

  it("that nobody answered is failed, and what was recorded is voice mail", async () => {
    const missed = { ...listed, result: "not_answered", direction: "inbound", caller_call_recording: null };
    expect(await factsOf({ ...missed, callee: { user: { first_name: "Ann" } } })).toMatchObject({
      outcome: "failed",
      operatorName: "Ann",
      recordings: [{ externalId: "voicemail", url: link("rec-2") }],
    });
  });

  it("has a link that no id can lead astray", async () => {
    const facts = await factsOf({ ...listed, caller_call_recording: { id: "../../x?y#z" } });
    expect(facts.recordings[0]?.url).toBe(link("..%2F..%2Fx%3Fy%23z"));
  });
});
