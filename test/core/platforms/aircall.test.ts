import { describe, expect, it } from "vitest";
import type { CallFacts } from "../../../src/calls";
import { fetchAudio } from "../../../src/recordings";
import { aircall } from "../../../src/platforms/aircall";
import { credentials } from "../../../src/platforms/aircall/settings";
import type { AccessConfig } from "../../../src/platforms/contract";
import { audio, bytesOf, peer, type Asked } from "./platform-peer";

const KEY = `Basic ${btoa("id-1:token-1")}`;
const CONFIG: AccessConfig = {
  id: "src_1",
  organizationId: "org_1",
  kind: "aircall",
  campaignId: null,
  settings: {},
  secrets: ["aircall_token_only_for_tests"],
  state: "active",
  credentials: { api_id: "id-1", api_token: "token-1" },
};

const call = {
  id: 812,
  direction: "inbound",
  status: "done",
  started_at: 1_700_000_000,
  answered_at: 1_700_000_008,
  ended_at: 1_700_000_128,
  duration: 128,
  raw_digits: "+1 555-123-0001",
  user: { id: 456, name: "Ann Lee" },
  number: { id: 123, digits: "+1 555-123-0002", e164_digits: "+15551230002" },
  recording: "https://media.aircall.example/812?s=1",
};

async function read(event: string, data: unknown) {
  return aircall.read(bytesOf(JSON.stringify({ event, token: "t", data })), "application/json", CONFIG);
}

async function factsOf(event: string, changes: Record<string, unknown> = {}): Promise<CallFacts> {
  const result = await read(event, { ...call, ...changes });
  if (!result.ok || result.value.kind !== "calls") throw new Error(`not accepted: ${JSON.stringify(result)}`);
  return result.value.facts[0] as CallFacts;
}

describe("Aircall's proof", () => {
  const request = (body: string) => ({ url: "https://t.test/", headers: new Headers(), body: bytesOf(body) });

  it("is the token in the body, whichever of two while one is rotated", async () => {
    const good = request('{"token":"aircall_token_only_for_tests"}');
    expect(await aircall.verify(good, CONFIG, 0)).toMatchObject({ ok: true });
    const rotated = { ...CONFIG, secrets: ["another_token_of_aircall", ...CONFIG.secrets] };
    expect(await aircall.verify(good, rotated, 0)).toMatchObject({ ok: true });
    expect(await aircall.verify(good, { ...CONFIG, secrets: [] }, 0)).toMatchObject({ ok: false });
  });

  it.each(["", "{}", "[]", '{"token":""}', '{"token":["aircall_token_only_for_tests"]}', '{"token":"x"}', "nope"])(
    "is not in %s",
    async (body) => {
      expect(await aircall.verify(request(body), CONFIG, 0)).toMatchObject({ ok: false, error: { status: 401 } });
    },
  );

  it("turns away by the headers what is no JSON", () => {
    expect(aircall.precheck(new Headers({ "content-type": "application/json; charset=utf-8" }), 0).ok).toBe(true);
    expect(aircall.precheck(new Headers({ "content-type": "text/html" }), 0)).toMatchObject({ error: { status: 415 } });
  });
});

describe("a notice of Aircall", () => {
  it("says everything about an answered call at its end", async () => {
    expect(await factsOf("call.ended")).toEqual({
      externalId: "812",
      outcome: "completed",
      direction: "inbound",
      from: "+1 555-123-0001",
      fromE164: "+15551230001",
      to: "+1 555-123-0002",
      toE164: "+15551230002",
      startedAt: 1_700_000_000_000,
      startedAtRaw: "1700000000",
      answeredAt: 1_700_000_008_000,
      endedAt: 1_700_000_128_000,
      durationSeconds: 128,
      talkSeconds: 120,
      providerStatus: "done",
      error: null,
      operatorName: "Ann Lee",
      operatorReference: "aircall:user:456",
      account: "123",
      custom: {},
      recordings: [{ externalId: "812:recording", url: "https://media.aircall.example/812?s=1" }],
    });
  });

  it("turns the numbers round for an outbound call", async () => {
    const facts = await factsOf("call.ended", { direction: "outbound" });
    expect([facts.fromE164, facts.toE164]).toEqual(["+15551230002", "+15551230001"]);
  });

  it("says that nobody took the call, and keeps the voicemail apart from a recording", async () => {
    const missed = { answered_at: null, missed_call_reason: "no_available_agent", recording: null };
    expect(await factsOf("call.ended", missed)).toMatchObject({
      outcome: "failed",
      error: "no_available_agent",
      talkSeconds: null,
      recordings: [],
    });
    const left = await factsOf("call.voicemail_left", { ...missed, voicemail: "https://media.aircall.example/v" });
    expect(left).toMatchObject({
      outcome: null,
      recordings: [{ externalId: "812:voicemail", url: "https://media.aircall.example/v" }],
    });
  });

  it("is of a recording to come where only its page is named", async () => {
    const facts = await factsOf("call.ended", {
      recording: null,
      asset: "https://assets.aircall.io/calls/812/recording",
    });
    expect(facts.recordings).toEqual([{ externalId: "812:recording", url: null }]);
    // Whoever answered passed the caller on to a voicemail.
    const left = await factsOf("call.ended", {
      recording: null,
      asset: "https://assets.aircall.io/calls/812/voicemail",
    });
    expect(left.recordings).toEqual([{ externalId: "812:voicemail", url: null }]);
  });

  it("does not end a call before call.ended", async () => {
    for (const event of ["call.created", "call.answered", "call.transferred", "call.hungup"]) {
      expect(await factsOf(event)).toMatchObject({ outcome: "in_progress", durationSeconds: null });
    }
    expect(await factsOf("call.comm_assets_generated")).toMatchObject({ outcome: null });
  });

  it("about anything else is ignored, and without the call's id refused", async () => {
    expect(await read("user.connected", {})).toMatchObject({ value: { kind: "ignored", reason: "event_ignored" } });
    expect(await read("call.ended", {})).toMatchObject({ ok: false, error: { status: 422 } });
    expect(await read("call.ended", undefined)).toMatchObject({ ok: false, error: { status: 422 } });
  });
});

describe("Aircall's recordings", () => {
  function platform({ url, authorization }: Asked): Response {
    if (url === "https://api.aircall.io/v1/calls/812") {
      if (authorization !== KEY) return new Response("", { status: 401 });
      return Response.json({ call: { ...call, recording: "https://media.aircall.example/812?s=2", voicemail: null } });
    }
    return url.endsWith("?s=2") ? audio() : new Response("expired", { status: 403 });
  }

  async function get(config: AccessConfig, externalId: string) {
    const { asked, means } = peer(platform);
    const access = aircall.recordingAccess?.(config, means, { externalId }) ?? {};
    const result = await fetchAudio({
      ...access,
      ...means,
      url: "https://media.aircall.example/812?s=1",
      maxBytes: 9_999,
    });
    if (result.ok) await result.value.body.cancel();
    return { ok: result.ok, asked };
  }

  it("are found again once their link has expired; the key goes to the API alone", async () => {
    const { ok, asked } = await get(CONFIG, "812:recording");
    expect(ok).toBe(true);
    expect(asked.map(({ url, authorization }) => [new URL(url).hostname, authorization])).toEqual([
      ["media.aircall.example", null],
      ["api.aircall.io", KEY],
      ["media.aircall.example", null],
    ]);
  });

  it("are not taken one for the other", async () => {
    expect((await get(CONFIG, "812:voicemail")).ok).toBe(false);
  });

  it("are asked for once only without a key, or under an id that is none of Aircall's", async () => {
    expect((await get({ ...CONFIG, credentials: null }, "812:recording")).asked).toHaveLength(1);
    expect((await get(CONFIG, "../users:recording")).asked).toHaveLength(1);
  });
});

describe("Aircall's list", () => {
  const span = { from: 1_700_000_000_000, until: 1_700_003_600_000 };

  it("is gone through page by page, and reads as the notices do", async () => {
    const { asked, means } = peer(({ url, authorization }) => {
      if (authorization !== KEY) return new Response("", { status: 401 });
      const page = new URL(url).searchParams.get("page");
      const late = { ...call, id: 814, started_at: 1_700_003_600 };
      return Response.json(
        page === "1"
          ? { meta: { next_page_link: "https://api.aircall.io/v1/calls?page=2" }, calls: [call] }
          : { meta: { next_page_link: null }, calls: [{ ...call, id: 813, answered_at: null }, late, { id: 1 }, null] },
      );
    });
    const first = await aircall.pull?.list(span, null, CONFIG, means);
    if (!first?.ok) throw new Error("no list");
    expect(first.value.cursor).toBe("2");
    const second = await aircall.pull?.list(span, first.value.cursor, CONFIG, means);
    if (!second?.ok) throw new Error("no list");
    expect(second.value.cursor).toBeNull();
    expect([...first.value.calls, ...second.value.calls].map(({ externalId }) => externalId)).toEqual(["812", "813"]);
    expect(asked[0]?.url).toBe(
      "https://api.aircall.io/v1/calls?from=1700000000&to=1700003600&order=asc&per_page=50&page=1",
    );
    const body = bytesOf(first.value.calls[0]?.body ?? "");
    const listed = await aircall.pull?.readListed(body, "application/json", CONFIG);
    expect(listed).toEqual(await read("call.ended", call));
  });

  it("says whether asking again may help", async () => {
    const failing = (status: number, headers = {}) => peer(() => new Response("", { status, headers })).means;
    expect(await aircall.pull?.list(span, null, CONFIG, failing(401))).toMatchObject({ error: { kind: "refused" } });
    expect(await aircall.pull?.list(span, null, CONFIG, failing(429, { "retry-after": "7" }))).toMatchObject({
      error: { kind: "not_ready", retryAfter: 7_000 },
    });
    const { asked, means } = peer(() => Response.json({}));
    expect(await aircall.pull?.list(span, null, { ...CONFIG, credentials: null }, means)).toMatchObject({
      error: { kind: "refused" },
    });
    expect(asked).toHaveLength(0);
  });

  it("gives one call, or none where Aircall knows none", async () => {
    const { means } = peer(({ url }) =>
      url.endsWith("/812") ? Response.json({ call }) : new Response("", { status: 404 }),
    );
    expect(await aircall.pull?.one?.("812", CONFIG, means)).toMatchObject({ value: { externalId: "812" } });
    expect(await aircall.pull?.one?.("813", CONFIG, means)).toEqual({ ok: true, value: undefined });
  });
});

it("takes credentials whole and settings that are addresses", () => {
  expect(credentials.safeParse({ api_id: "a" }).success).toBe(false);
  expect(aircall.settings.safeParse({ api_url: "https://api.aircall.io" }).success).toBe(true);
  for (const api_url of [
    "ftp://x",
    "https://u:p@x.example",
    "https://:p@x.example",
    "https://x.example/?a",
    "https://x.example/",
    "x",
  ])
    expect(aircall.settings.safeParse({ api_url }).success).toBe(false);
});
