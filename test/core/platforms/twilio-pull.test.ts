import { describe, expect, it } from "vitest";
import type { AccessConfig, AccessDeps, ListedCall } from "../../../src/platforms/contract";
import { twilio } from "../../../src/platforms/twilio";
import type { TwilioSettings } from "../../../src/platforms/twilio/settings";

const ACCOUNT = `AC${"a".repeat(32)}`;
const PATH = `/2010-04-01/Accounts/${ACCOUNT}`;
const SPAN = { from: Date.parse("2025-01-15T10:00:00Z"), until: Date.parse("2025-01-15T11:00:00Z") };
const CONFIG: AccessConfig<TwilioSettings> = {
  id: "src_1",
  organizationId: "org_1",
  kind: "twilio",
  campaignId: null,
  settings: {},
  secrets: ["signing"],
  state: "active",
  credentials: { account_sid: ACCOUNT, auth_token: "token-of-the-account" },
};
const { pull } = twilio;
if (!pull?.one) throw new Error("Twilio has no pull");
const { list, readListed } = pull;
const one = pull.one;

function call(sid: string, changes: Record<string, unknown> = {}) {
  return {
    sid,
    account_sid: ACCOUNT,
    parent_call_sid: null,
    from: "+15551230001",
    to: "+15551230002",
    direction: "inbound",
    status: "completed",
    date_created: "Wed, 15 Jan 2025 10:29:58 +0000",
    start_time: "Wed, 15 Jan 2025 10:30:00 +0000",
    end_time: "Wed, 15 Jan 2025 10:31:30 +0000",
    duration: "90",
    forwarded_from: null,
    caller_name: "",
    ...changes,
  };
}

function recording(sid: string, callSid: string, status = "completed") {
  return { sid, account_sid: ACCOUNT, call_sid: callSid, status, uri: `${PATH}/Recordings/${sid}.json` };
}

/** A platform of answers by path; what was asked is told in `asked`. */
function platform(answers: (url: URL) => unknown) {
  const asked: { url: URL; authorization: string | null }[] = [];
  const means: AccessDeps = {
    now: () => SPAN.until,
    guardPolicy: { allowPrivateAddresses: false, ownHosts: [] },
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const url = new URL(request.url);
      asked.push({ url, authorization: request.headers.get("authorization") });
      const answer = answers(url);
      return answer instanceof Response ? answer : Response.json(answer);
    },
  };
  return { means, asked };
}

function one200(calls: unknown[], recordings: unknown[] = [], more: { calls?: string; recordings?: string } = {}) {
  return platform((url) =>
    url.pathname.endsWith("/Calls.json")
      ? { calls, next_page_uri: more.calls ?? null }
      : { recordings, next_page_uri: more.recordings ?? null },
  );
}

async function factsOf(listed: ListedCall) {
  const result = await readListed(new Uint8Array(new TextEncoder().encode(listed.body)), "application/json", CONFIG);
  const facts = result.ok && result.value.kind === "calls" ? result.value.facts[0] : undefined;
  if (!facts) throw new Error(JSON.stringify(result));
  return facts;
}

async function listedBy(peer: { means: AccessDeps }, cursor: string | null = null) {
  const page = await list(SPAN, cursor, CONFIG, peer.means);
  if (!page.ok) throw new Error(page.error.reason);
  return page.value;
}

describe("Twilio's list of calls", () => {
  it("gives each call with its recordings, in two questions", async () => {
    const peer = one200(
      [call("CA1"), call("CA2")],
      [recording("RE1", "CA1"), recording("RE2", "CA1"), recording("RE9", "CA9")],
    );
    const page = await listedBy(peer);
    expect(page.calls.map(({ externalId }) => externalId)).toEqual(["CA1", "CA2"]);
    expect(page.calls[0]?.startedAt).toBe(Date.parse("2025-01-15T10:30:00Z"));
    expect(page.cursor).toBeNull();
    expect(peer.asked).toHaveLength(2);
    expect(
      peer.asked.every(({ authorization }) => authorization === `Basic ${btoa(`${ACCOUNT}:token-of-the-account`)}`),
    ).toBe(true);
    const [first, second] = await Promise.all(page.calls.map(factsOf));
    expect(first).toEqual({
      externalId: "CA1",
      outcome: "completed",
      direction: "inbound",
      from: "+15551230001",
      fromE164: "+15551230001",
      to: "+15551230002",
      toE164: "+15551230002",
      startedAt: Date.parse("2025-01-15T10:30:00Z"),
      endedAt: Date.parse("2025-01-15T10:31:30Z"),
      durationSeconds: 90,
      providerStatus: "completed",
      operatorReference: null,
      account: ACCOUNT,
      custom: {},
      recordings: [
        { externalId: "RE1", url: `https://api.twilio.com${PATH}/Recordings/RE1.mp3` },
        { externalId: "RE2", url: `https://api.twilio.com${PATH}/Recordings/RE2.mp3` },
      ],
    });
    expect(second?.recordings).toEqual([]);
  });

  it("asks for the span, its end a day late, and leaves out what began outside", async () => {
    const peer = one200([
      call("before", { start_time: "Wed, 15 Jan 2025 09:59:59 +0000" }),
      call("first", { start_time: "Wed, 15 Jan 2025 10:00:00 +0000" }),
      call("until", { start_time: "Wed, 15 Jan 2025 11:00:00 +0000" }),
      call("never-dialed", { start_time: null, status: "failed" }),
    ]);
    expect((await listedBy(peer)).calls.map(({ externalId }) => externalId)).toEqual(["first", "never-dialed"]);
    const asked = peer.asked[0]?.url;
    expect(asked?.pathname).toBe(`${PATH}/Calls.json`);
    expect(asked?.searchParams.get("StartTime>")).toBe("2025-01-15T10:00:00Z");
    expect(asked?.searchParams.get("StartTime<")).toBe("2025-01-16T11:00:00Z");
  });

  it("leaves out calls that go on, and legs without a recording", async () => {
    const peer = one200(
      [
        call("goes-on", { status: "in-progress", end_time: null }),
        call("leg", { parent_call_sid: "CA1" }),
        call("recorded-leg", { parent_call_sid: "CA1" }),
      ],
      [recording("RE1", "recorded-leg")],
    );
    const { calls } = await listedBy(peer);
    expect(calls.map(({ externalId }) => externalId)).toEqual(["recorded-leg"]);
    expect((await factsOf(calls[0] as ListedCall)).custom).toEqual({ ParentCallSid: "CA1" });
  });

  it("goes on where Twilio says, on the same host", async () => {
    const next = `${PATH}/Calls.json?PageSize=200&Page=1&PageToken=PACA1`;
    const first = await listedBy(one200([call("CA1")], [], { calls: next }));
    expect(first.cursor).toBe(next);
    const peer = one200([call("CA2")]);
    expect((await listedBy(peer, first.cursor)).calls).toHaveLength(1);
    expect(peer.asked[0]?.url.href).toBe(`https://api.twilio.com${next}`);
  });

  it("is no way to another host", async () => {
    for (const next of ["https://evil.example/", "//evil.example/"]) {
      const peer = one200([], [], { calls: next });
      const page = await list(SPAN, null, CONFIG, peer.means);
      if (page.ok) await list(SPAN, page.value.cursor, CONFIG, peer.means);
      expect(peer.asked.map(({ url }) => url.host)).not.toContain("evil.example");
    }
  });

  it("asks for each call by itself when there are too many recordings to go through", async () => {
    const endless = one200([call("CA1")], [], { recordings: `${PATH}/Recordings.json?Page=1` });
    const { calls } = await listedBy(endless);
    expect(endless.asked.length).toBeLessThan(30);
    expect(await factsOf(calls[0] as ListedCall)).toMatchObject({ lookUp: true, recordings: [] });
  });

  it("knows recordings that are not ready and that never were", async () => {
    const peer = one200(
      [call("CA1")],
      [recording("RE1", "CA1", "processing"), recording("RE2", "CA1", "absent"), recording("RE3", "CA1", "deleted")],
    );
    const { calls } = await listedBy(peer);
    expect((await factsOf(calls[0] as ListedCall)).recordings).toEqual([{ externalId: "RE1", url: null }]);
  });

  it.each([
    [401, "refused"],
    [404, "refused"],
    [429, "not_ready"],
    [500, "not_ready"],
  ])("fails with %d as %s", async (status, kind) => {
    const peer = platform(() => new Response("{}", { status, headers: { "retry-after": "7" } }));
    const page = await list(SPAN, null, CONFIG, peer.means);
    expect(page).toMatchObject({ ok: false, error: { kind, retryAfter: kind === "refused" ? null : 7_000 } });
  });

  it("is not asked for without credentials, and never at a private address", async () => {
    const peer = one200([]);
    expect(await list(SPAN, null, { ...CONFIG, credentials: null }, peer.means)).toMatchObject({
      ok: false,
      error: { kind: "refused" },
    });
    const inside = { ...CONFIG, settings: { api_url: "http://127.0.0.1:8080" } };
    expect(await list(SPAN, null, inside, peer.means)).toMatchObject({ ok: false, error: { kind: "refused" } });
    expect(peer.asked).toEqual([]);
  });

  it("tells an answer of another shape", async () => {
    expect(await list(SPAN, null, CONFIG, platform(() => ({ data: [] })).means)).toMatchObject({
      ok: false,
      error: { kind: "not_ready" },
    });
  });
});

describe("one call of Twilio", () => {
  it("comes with its recordings, under the ids of its notices", async () => {
    const peer = platform((url) =>
      url.pathname.endsWith("/Calls/CA1.json") ? call("CA1") : { recordings: [recording("RE1", "CA1")] },
    );
    const found = await one("CA1", CONFIG, peer.means);
    if (!found.ok || !found.value) throw new Error("not found");
    expect(found.value.externalId).toBe("CA1");
    expect(await factsOf(found.value)).toMatchObject({ from: "+15551230001", recordings: [{ externalId: "RE1" }] });
    expect(peer.asked[1]?.url.searchParams.get("CallSid")).toBe("CA1");
  });

  it("is undefined where Twilio knows none, whatever its id holds", async () => {
    const peer = platform(() => new Response("", { status: 404 }));
    expect(await one("../../Keys", CONFIG, peer.means)).toEqual({ ok: true, value: undefined });
    expect(peer.asked[0]?.url.pathname).toBe(`${PATH}/Calls/..%2F..%2FKeys.json`);
  });
});
