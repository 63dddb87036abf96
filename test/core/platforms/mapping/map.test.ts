import { describe, it } from "vitest";
import { external } from "../../../../src/platforms/external";
import { mappingSchema, type Mapping } from "../../../../src/platforms/mapping";

const encoder = new TextEncoder();
const STARTED = Date.UTC(2026, 7, 20, 14);

function read(notice: unknown, settings: object = {}) {
  const body = new Uint8Array(encoder.encode(typeof notice === "string" ? notice : JSON.stringify(notice)));
  return external.read(body, "application/json", { id: "src_1", organizationId: "org_1", settings });
}

async function factsOf(notice: unknown, settings: object = {}) {
  const result = await read(notice, settings);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  if (result.value.kind !== "calls") throw new Error(result.value.reason);
  return result.value.facts[0]!;
}

async function problemsOf(notice: unknown, mapping?: Mapping) {
  const result = await read(notice, { mapping });
  return result.ok ? [] : (result.error.errors ?? []).map(({ field }) => field);
}

describe("what is wrong with a notice", () => {
  it("is named by the field of the body, not by the fact that the mapping makes of it", async ({ expect }) => {
    const own = await read({ duration_seconds: "soon", recording_url: "ftp://x", provider_status: [1] });
    const errors = own.ok ? [] : (own.error.errors ?? []);
    expect(errors.map(({ field }) => field).toSorted()).toEqual([
      "duration_seconds",
      "external_id",
      "provider_status",
      "recording_url",
    ]);
    expect(errors.find(({ field }) => field === "external_id")).toMatchObject({ code: "required" });
    const mapping: Mapping = {
      external_id: ["tenant", "call.id"],
      duration: { path: "call.length", unit: "ms" },
      operator: "upper(call.id)",
    };
    const theirs = await read({ tenant: "t", call: { id: 5, length: "soon" } }, { mapping });
    expect(theirs).toMatchObject({
      ok: false,
      error: { errors: [{ field: "call.length" }, { field: "operator", pointer: "#" }] },
    });
  });
});

describe("Trunkline's own notice format", () => {
  it("is read without a mapping", async ({ expect }) => {
    const facts = await factsOf(
      {
        external_id: "c-1",
        outcome: "failed",
        direction: "Entrante",
        from: "+54 11 5555-0100",
        to: "300",
        started_at: "2026-08-20T14:00:00Z",
        answered_at: 1_787_234_405,
        duration_seconds: "125.5",
        talk_seconds: 100,
        provider_status: "NO ANSWER",
        error: "nobody there",
        operator: { name: "Lucía Fernández", reference: "pbx:user:7" },
        account: "sales",
        campaign_number: 3,
        recordings: [{ id: "r1", url: "https://a.example/1.mp3" }, "https://a.example/2.mp3"],
        summary: "short",
        transcript: "long",
        custom: { queue: "q1" },
        future: [1],
      },
      { country: "AR" },
    );
    expect(facts).toEqual({
      externalId: "c-1",
      outcome: "failed",
      direction: "inbound",
      from: "+54 11 5555-0100",
      fromE164: "+541155550100",
      to: "300",
      toE164: null,
      startedAt: STARTED,
      startedAtRaw: "2026-08-20T14:00:00Z",
      answeredAt: 1_787_234_405_000,
      endedAt: STARTED + 125_500,
      durationSeconds: 125.5,
      talkSeconds: 100,
      providerStatus: "NO ANSWER",
      error: "nobody there",
      operatorName: "Lucía Fernández",
      operatorReference: "pbx:user:7",
      account: "sales",
      campaignNumber: 3,
      recordings: [
        { externalId: "r1", url: "https://a.example/1.mp3" },
        { externalId: "audio-2", url: "https://a.example/2.mp3" },
      ],
      summary: "short",
      transcript: "long",
      custom: { queue: "q1", future: [1] },
    });
  });

  it("is completed unless it says otherwise, and `unknown` says nothing", async ({ expect }) => {
    expect((await factsOf({ external_id: "c" })).outcome).toBe("ended");
    expect((await factsOf({ external_id: "c", talk_seconds: 9 })).outcome).toBe("completed");
    expect((await factsOf({ external_id: "c", status: "busy" })).outcome).toBe("failed");
    expect((await factsOf({ external_id: "c", state: "in_progress" })).outcome).toBe("in_progress");
    expect((await factsOf({ external_id: "c", outcome: "unknown" })).outcome).toBeNull();
  });

  it("keeps every digit of a long id", async ({ expect }) => {
    expect((await factsOf('{"external_id": 9007199254740993001}')).externalId).toBe("9007199254740993001");
  });

  it("names every problem at once", async ({ expect }) => {
    expect(
      await problemsOf({
        external_id: { a: 1 },
        outcome: "somehow",
        direction: "sideways",
        from: ["x"],
        started_at: "yesterday",
        duration_seconds: -1,
        campaign_number: "three",
        recording_url: "ftp://a.example/1.mp3",
      }),
    ).toEqual(
      expect.arrayContaining([
        "external_id",
        "outcome",
        "direction",
        "from",
        "started_at",
        "duration_seconds",
        "campaign_number",
        "recording_url",
      ]),
    );
  });

  it.for([{}, { external_id: "" }, { external_id: null }])(
    "refuses %j, which names no call",
    async (notice, { expect }) => {
      expect(await problemsOf(notice)).toEqual(["external_id"]);
    },
  );
});

describe("a mapping of the user's", () => {
  const mapping: Mapping = mappingSchema.parse({
    only_if: "event == 'call.ended'",
    external_id: ["tenant", "data.id"],
    outcome: { path: "data.answered", values: { true: "completed", false: "failed" } },
    direction: { path: "data.kind", values: { MT: "inbound", mo: "outbound" } },
    from: "data.parties[?role=='caller'].number | [0]",
    to: "data.parties[?role=='callee'].number | [0]",
    started_at: { path: "data.start", unit: "us" },
    ended_at: { path: "data.finish", format: "mdy" },
    duration: { path: "data.length", unit: "ms" },
    operator: "join(' ', [data.agent.first, data.agent.last])",
    operator_reference: "data.agent.id",
    status: { const: "from-api" },
    recordings: { list: "data.files[?type=='audio']", id: "name", url: "links.download" },
    custom: { queue: "data.queue.name", tags: "data.tags" },
  });
  const notice = {
    event: "call.ended",
    tenant: "t9",
    data: {
      id: 77,
      answered: true,
      kind: "Mt",
      parties: [
        { role: "callee", number: "300" },
        { role: "caller", number: "+541155550100" },
      ],
      start: STARTED * 1000,
      finish: "8/20/2026 11:02:05 AM",
      length: 125_000,
      agent: { id: 42, first: "Lucía", last: "Fernández" },
      files: [
        { type: "fax", name: "f", links: { download: "https://a.example/f" } },
        { type: "audio", name: "a1", links: { download: "https://a.example/a1" } },
      ],
      queue: { name: "Renewals" },
      tags: ["x", "y"],
    },
  };
  const settings = { mapping, time_zone: "America/Argentina/Buenos_Aires" };

  it("says where each fact is, in which words and units", async ({ expect }) => {
    expect(await factsOf(notice, settings)).toMatchObject({
      externalId: "t9:77",
      outcome: "completed",
      direction: "inbound",
      from: "+541155550100",
      to: "300",
      startedAt: STARTED,
      endedAt: STARTED + 125_000,
      durationSeconds: 125,
      providerStatus: "from-api",
      operatorName: "Lucía Fernández",
      operatorReference: "external:src_1:42",
      recordings: [{ externalId: "a1", url: "https://a.example/a1" }],
      custom: { queue: "Renewals", tags: ["x", "y"] },
    });
  });

  it("ignores what only_if does not want", async ({ expect }) => {
    expect(await read({ ...notice, event: "call.ringing" }, settings)).toMatchObject({
      ok: true,
      value: { kind: "ignored", reason: "not_wanted" },
    });
  });

  it("refuses a notice that lacks a part of its id", async ({ expect }) => {
    expect(await problemsOf({ ...notice, tenant: null }, mapping)).toEqual(["tenant"]);
  });

  it("tells of an expression that does not suit the notice", async ({ expect }) => {
    const result = await read({ id: "1", name: 5 }, { mapping: { external_id: "id", operator: "upper(name)" } });
    expect(result).toMatchObject({ ok: false, error: { status: 422, errors: [{ field: "operator" }] } });
  });

  it.for<[format: "dmy" | "mdy", text: string, at: number]>([
    ["mdy", "2/3/2026", Date.UTC(2026, 1, 3)],
    ["dmy", "2/3/2026", Date.UTC(2026, 2, 2)],
    ["mdy", "02-03-2026 12:05 am", Date.UTC(2026, 1, 3, 0, 5)],
    ["mdy", "02.03.2026, 12:05:07 P.M.", Date.UTC(2026, 1, 3, 12, 5, 7)],
    ["dmy", "2026-03-02T01:00:00Z", Date.UTC(2026, 2, 2, 1)],
  ])("reads a date as %s: %s", async ([format, text, at], { expect }) => {
    const dated: Mapping = { external_id: "id", started_at: { path: "t", format } };
    expect((await factsOf({ id: "1", t: text }, { mapping: dated })).startedAt).toBe(at);
  });

  it.for<[value: unknown, unit: "s" | "ms" | "us" | "min", seconds: number]>([
    [90, "s", 90],
    ["1,5", "min", 90],
    [90_000_000, "us", 90],
    ["1:30", "s", 90],
    ["01:01:30", "ms", 3_690],
    [8951.029999999999, "ms", 8.951029999999999],
    ["0.30000000000000004", "s", 0.30000000000000004],
  ])("reads %j in %s as %d seconds", async ([value, unit, seconds], { expect }) => {
    const measured: Mapping = { external_id: "id", duration: { path: "d", unit } };
    expect((await factsOf({ id: "1", d: value }, { mapping: measured })).durationSeconds).toBe(seconds);
  });

  it("joins the transcript of a long call out of its parts", async ({ expect }) => {
    const segments = Array.from({ length: 4_000 }, (_, at) => ({
      who: at % 2 ? "agent" : "caller",
      text: "word ".repeat(20),
    }));
    const spoken: Mapping = { external_id: "id", transcript: "join('\\n', segments[*].join(': ', [who, text]))" };
    const { transcript } = await factsOf({ id: "1", segments }, { mapping: spoken });
    expect(transcript?.length).toBeGreaterThan(400_000);
    expect(transcript?.startsWith("caller: word")).toBe(true);
  });

  it("keeps a very long id as its digest, the same every time", async ({ expect }) => {
    const [one, two] = [
      await factsOf({ external_id: "x".repeat(900) }),
      await factsOf({ external_id: "x".repeat(900) }),
    ];
    expect(one.externalId).toBe(two.externalId);
    expect(one.externalId.length).toBeLessThan(100);
  });
});

describe("the setting", () => {
  it.for<[field: string, mapping: unknown]>([
    ["external_id", {}],
    ["external_id", { external_id: "a[" }],
    ["external_id", { external_id: [] }],
    ["from", { external_id: "a", from: "a.b." }],
    ["from", { external_id: "a", from: "let $x = a in $x" }],
    ["from", { external_id: "a", from: "pad_left(a, `10`)" }],
    ["from", { external_id: "a", from: "nosuch(a)" }],
    ["from", { external_id: "a", from: "x".repeat(1_001) }],
    ["from", { external_id: "a", from: `${"!".repeat(100)}a` }],
    ["from", { external_id: "a", from: { path: "a", unit: "h" } }],
    ["recordings.list", { external_id: "a", recordings: { list: "]" } }],
    ["custom.q", { external_id: "a", custom: { q: "]" } }],
    ["custom", { external_id: "a", custom: "all" }],
  ])("is refused for its %s: %j", ([field, mapping], { expect }) => {
    const parsed = external.settings.safeParse({ mapping });
    const fields = parsed.error?.issues.map(({ path }) => path.slice(1).join("."));
    expect(fields?.some((name) => name === field || field.startsWith(`${name}.`))).toBe(true);
  });

  it("says what is wrong with an expression", ({ expect }) => {
    const { error } = external.settings.safeParse({ mapping: { external_id: "a", to: "nosuch(a)" } });
    expect(error?.issues[0]?.message).toBe("uses nosuch(), which is not available here");
  });
});
