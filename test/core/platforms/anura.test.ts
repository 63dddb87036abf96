import { describe, expect, it } from "vitest";
import type { CallFacts } from "../../../src/calls";
import { anura } from "../../../src/platforms/anura";
import type { ReadingConfig } from "../../../src/platforms/contract";
import { outcomeOf } from "../../../src/platforms/anura/map";
import { renderAnura } from "../../fixtures/anura-template";

const CONFIG = { id: "src_1", organizationId: "org_1", settings: {} };
const encoder = new TextEncoder();

function read(body: string | object, contentType = "application/json", config: ReadingConfig = CONFIG) {
  const bytes =
    body instanceof Uint8Array ? body : encoder.encode(typeof body === "string" ? body : JSON.stringify(body));
  return anura.read(new Uint8Array(bytes), contentType, config);
}

async function factsOf(body: string | object, contentType?: string, config?: ReadingConfig): Promise<CallFacts> {
  const result = await read(body, contentType, config);
  const facts = result.ok && result.value.kind === "calls" ? result.value.facts[0] : undefined;
  if (!facts) throw new Error(`not accepted: ${JSON.stringify(result)}`);
  return facts;
}

/** The notice as an object, so that keys can be taken away. */
function notice(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return { ...(JSON.parse(renderAnura()) as Record<string, unknown>), ...changes };
}

function without(...keys: string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(notice()).filter(([key]) => !keys.includes(key)));
}

async function verdictOf(body: string | object, contentType?: string): Promise<string> {
  const result = await read(body, contentType);
  if (!result.ok) return `${result.error.status} ${result.error.reason}`;
  return result.value.kind === "ignored" ? `ignored ${result.value.reason}` : "accepted";
}

describe("the seed's template, rendered with text in every value", () => {
  it("becomes the facts of the call", async () => {
    expect(await factsOf(renderAnura())).toEqual({
      externalId: expect.stringMatching(/^gen-[0-9a-z]{26}$/),
      campaignNumber: 1,
      outcome: "completed",
      direction: "inbound",
      from: "+5491167950079",
      fromE164: "+5491167950079",
      to: "+5491126888209",
      toE164: "+5491126888209",
      startedAt: Date.parse("2026-02-10T13:30:45Z"),
      startedAtRaw: "2026-02-10 10:30:45",
      endedAt: Date.parse("2026-02-10T13:32:50Z"),
      durationSeconds: 125,
      talkSeconds: 120,
      providerStatus: "answered",
      operatorName: "Agente 300",
      custom: { accountname: "LinkSolution", accountextension: "300", answerterminal: "1000" },
      recordings: [{ externalId: "audio", url: "https://pbx.example/download/12345.mp3" }],
    });
  });

  it("reads its times in the source's zone", async () => {
    const facts = await factsOf(renderAnura(), "application/json", { ...CONFIG, settings: { time_zone: "UTC" } });
    expect(facts.startedAt).toBe(Date.parse("2026-02-10T10:30:45Z"));
  });

  it("says the same URL-encoded and as a multipart form", async () => {
    const fields = Object.entries(notice()).map(([key, value]) => [key, String(value)] as [string, string]);
    const form = new FormData();
    for (const [key, value] of fields) form.set(key, value);
    const multipart = new Response(form);
    const type = multipart.headers.get("content-type") ?? "";
    const expected = await factsOf(renderAnura());
    expect(
      await factsOf(new URLSearchParams(fields).toString(), "application/x-www-form-urlencoded; charset=utf-8"),
    ).toEqual(expected);
    expect(await factsOf(new Uint8Array(await multipart.arrayBuffer()), type)).toEqual(expected);
  });
});

describe("the order of checks (B17)", () => {
  it.each<[string, string | object, string, string?]>([
    ["another content type", renderAnura(), "415 unsupported_content_type", "text/plain"],
    ["no content type is taken for JSON", renderAnura(), "accepted", ""],
    ["a content type set twice", renderAnura(), "accepted", "application/json, application/json"],
    ["broken JSON, whatever its hook", '{"hooktrigger": "START"', "400 invalid_json"],
    ["an array", "[]", "400 not_an_object"],
    ["text", '"END"', "400 not_an_object"],
    ["a multipart form that is none", "x", "400 invalid_form", "multipart/form-data; boundary=b"],
    ["an unrendered hook, whatever is missing", { hooktrigger: "{{ hooktrigger }}" }, "400 unrendered_hook"],
    ["another hook, whatever is missing", { hooktrigger: "START" }, "ignored hook_ignored"],
    ["TALK", notice({ hooktrigger: "TALK" }), "ignored hook_ignored"],
    ["a hook that is no text", { hooktrigger: {} }, "ignored hook_ignored"],
    ["END in small letters", notice({ hooktrigger: "end" }), "accepted"],
    ["RECORDING", notice({ hooktrigger: "RECORDING" }), "accepted"],
    ["an empty hook is END", notice({ hooktrigger: "" }), "accepted"],
    ["a blank hook is END", notice({ hooktrigger: "  " }), "accepted"],
    ["no hook, and nothing else", {}, "422 missing_fields"],
    ["a missing key before an unrecorded call", { ...without("status"), wasrecorded: "false" }, "422 missing_fields"],
    [
      "an unrecorded call before unreadable values",
      notice({ wasrecorded: "false", dialtime: "", duration: "x" }),
      "ignored not_recorded",
    ],
    ["an empty wasrecorded", notice({ wasrecorded: "" }), "ignored not_recorded"],
    ["an unfilled wasrecorded", notice({ wasrecorded: "{{ wasrecorded }}" }), "422 unreadable_values"],
    ["an empty dialtime", notice({ dialtime: "" }), "422 unreadable_values"],
    ["recorded without a link", notice({ audio_file_mp3: "" }), "accepted"],
    ["zero seconds", notice({ duration: 0, billseconds: 0 }), "accepted"],
    ["zero seconds as text", notice({ duration: "0", billseconds: "0" }), "accepted"],
  ])("%s", async (_name, body, expected, contentType) => {
    expect(await verdictOf(body, contentType)).toBe(expected);
  });

  it("names every absent key at once, and no empty one", async () => {
    const result = await read({ direction: "", dialtime: "", hooktrigger: "" });
    if (result.ok) throw new Error("accepted");
    const fields = result.error.errors?.map((error) => error.field);
    expect(fields).toEqual([
      "calling",
      "called",
      "status",
      "duration",
      "billseconds",
      "wasrecorded",
      "audio_file_mp3",
      "accountname",
      "accountextension",
      "campaign_id",
      "queueagentname",
    ]);
    for (const field of fields ?? []) expect(result.error.message).toContain(field);
    expect(result.error.message).toContain("answerterminal");
  });

  it("names every unreadable value at once", async () => {
    const body = notice({
      dialtime: "soon",
      direction: "sideways",
      duration: "-1",
      billseconds: "x",
      audio_file_mp3: "file:///etc/passwd",
      campaign_id: "one",
    });
    const result = await read(body);
    if (result.ok) throw new Error("accepted");
    expect(result.error.errors?.map((error) => error.field)).toEqual([
      "dialtime",
      "direction",
      "duration",
      "billseconds",
      "audio_file_mp3",
      "campaign_id",
    ]);
  });

  it("needs an agent's key on inbound calls only, and either will do", async () => {
    expect(await verdictOf(without("queueagentname"))).toBe("accepted");
    expect(await verdictOf(without("answerterminal"))).toBe("accepted");
    expect(await verdictOf(without("queueagentname", "answerterminal"))).toBe("422 missing_fields");
    expect(await verdictOf({ ...without("queueagentname", "answerterminal"), direction: "outbound" })).toBe("accepted");
  });
});

describe("broken JSON", () => {
  it.each([
    ["an unreplaced campaign", renderAnura({}, null), "<YOUR_CAMPAIGN_ID>"],
    ["an empty campaign", renderAnura({}, ""), "campaign_id has no value"],
    ["a quote in a name", renderAnura({ accountname: 'Juan "Tito" Pérez' }), "accountname"],
    ["a quote at the end of a name", renderAnura({ queueagentname: 'Ana "Nani"' }), "queueagentname"],
    ["a backslash in a name", renderAnura({ accountname: "ACME\\Juan" }), "accountname"],
    ["a bare variable", '{"duration": {{ duration }}}', "quotes around it"],
    ["nothing at all", "", "empty"],
    ["a missing brace", '{"a": "b"', "commas, quotes and braces"],
  ])("is explained: %s", async (_name, body, hint) => {
    const result = await read(body);
    expect(result).toMatchObject({
      ok: false,
      error: { status: 400, reason: "invalid_json", message: expect.stringContaining(hint) },
    });
  });
});

describe("coercion", () => {
  it.each(["true", "TRUE", "1", "yes", "y", "si", "sí", "Sí", "s", "on", "verdadero", true, 1])(
    "takes %j for recorded",
    async (wasrecorded) => {
      expect(await verdictOf(notice({ wasrecorded }))).toBe("accepted");
    },
  );

  it.each(["false", "0", "no", "off", false, 0, null, "maybe", {}])(
    "takes %j for not recorded",
    async (wasrecorded) => {
      expect(await verdictOf(notice({ wasrecorded }))).toBe("ignored not_recorded");
    },
  );

  it.each([
    ["120.0", 120],
    [" 120 ", 120],
    ["1,5", 1.5],
    [120, 120],
    ["", null],
    [null, null],
  ])("reads %j seconds as %j", async (duration, expected) => {
    expect((await factsOf(notice({ duration }))).durationSeconds).toBe(expected);
  });

  it.each(["abc", "-5", "1e3", "0x10", "Infinity", "99999999", {}, []])(
    "does not read %j as seconds",
    async (duration) => {
      expect(await verdictOf(notice({ duration }))).toBe("422 unreadable_values");
    },
  );

  it.each([
    ["7", 7],
    [7, 7],
    ["7.0", 7],
  ])("reads campaign %j", async (campaign, expected) => {
    expect((await factsOf(notice({ campaign_id: campaign }))).campaignNumber).toBe(expected);
  });

  it.each(["", "7.5", "camp", "-1", "99999999999999999999", "{{ campaign_id }}"])(
    "does not read campaign %j",
    async (campaign) => {
      expect(await verdictOf(notice({ campaign_id: campaign }))).toBe("422 unreadable_values");
    },
  );

  it("keeps numbers sent as numbers", async () => {
    expect(await factsOf(notice({ calling: 5491167950079 }))).toMatchObject({ from: "5491167950079", fromE164: null });
  });
});

describe("the operator", () => {
  it.each([
    ["outbound", {}, "LinkSolution"],
    ["outbound", { accountname: "" }, null],
    ["outbound", { accountname: "{{ accountname }}" }, null],
    ["inbound", {}, "Agente 300"],
    ["inbound", { queueagentname: "" }, "1000"],
    ["inbound", { queueagentname: "{{ queueagentname }}" }, "1000"],
    ["inbound", { queueagentname: "", answerterminal: "" }, null],
    ["saliente", {}, "LinkSolution"],
    ["Entrante", {}, "Agente 300"],
  ])("of a call %s with %j is %j", async (direction, changes, expected) => {
    expect((await factsOf(notice({ direction, ...changes }))).operatorName).toBe(expected);
  });
});

describe("the outcome", () => {
  it.each<[string | null, number | null, string]>([
    ["answered", 120, "completed"],
    ["ANSWERED", 0, "completed"],
    ["no-answer", 0, "failed"],
    ["NO ANSWER", null, "failed"],
    ["busy", 0, "failed"],
    ["failed", null, "failed"],
    ["cancelled", 0, "failed"],
    ["canceled", 0, "failed"],
    ["No contestada", 0, "failed"],
    ["ocupado", 0, "failed"],
    ["no-answer", 30, "completed"],
    ["transferred", 30, "completed"],
    ["transferred", 0, "failed"],
    ["transferred", null, "completed"],
    [null, 12, "completed"],
  ])("of %j with %j billed seconds is %s", (status, billed, expected) => {
    expect(outcomeOf(status, billed)).toBe(expected);
  });
});

describe("the call's id", () => {
  it("is the same in END without a link and in RECORDING with one", async () => {
    const end = await factsOf(notice({ audio_file_mp3: "" }));
    const recording = await factsOf(notice({ hooktrigger: "RECORDING" }));
    expect(end.externalId).toBe(recording.externalId);
    expect(end.recordings).toEqual([{ externalId: "audio", url: null }]);
    expect(recording.recordings.map((one) => one.externalId)).toEqual(end.recordings.map((one) => one.externalId));
  });

  it("differs by time, numbers, direction and organization", async () => {
    const facts = await Promise.all([
      factsOf(notice()),
      factsOf(notice({ dialtime: "2026-02-10 10:30:46" })),
      factsOf(notice({ calling: "+5491167950070" })),
      factsOf(notice({ called: "+5491126888200" })),
      factsOf(notice({ direction: "outbound" })),
      factsOf(notice(), "application/json", { ...CONFIG, organizationId: "org_2" }),
    ]);
    expect(new Set(facts.map((one) => one.externalId)).size).toBe(facts.length);
  });

  it("is Anura's where Anura sends one", async () => {
    expect((await factsOf(notice({ cdrid: "20260210-1" }))).externalId).toBe("20260210-1");
    expect((await factsOf(notice({ cdrid: "x".repeat(400) }))).externalId).toMatch(/^long-[0-9a-z]{26}$/);
    const derived = (await factsOf(notice())).externalId;
    for (const cdrid of ["", null, "{{ cdrid }}"]) expect((await factsOf(notice({ cdrid }))).externalId).toBe(derived);
  });

  it("does not depend on the source's zone, which the edge does not know", async () => {
    const elsewhere = await factsOf(notice(), "application/json", { ...CONFIG, settings: { time_zone: "Asia/Tokyo" } });
    expect(elsewhere.externalId).toBe((await factsOf(notice())).externalId);
  });
});

describe("further variables", () => {
  it("are kept as they came, within bounds", async () => {
    const { custom } = await factsOf(
      notice({ queuename: "ventas", price: 1.5, accounttags: "a, b", empty: "", long: "x".repeat(3_000) }),
    );
    expect(custom).toMatchObject({ queuename: "ventas", price: 1.5, accounttags: "a, b" });
    expect(custom).not.toHaveProperty("empty");
    expect(custom).not.toHaveProperty("long");
  });

  it("are not those that open something: other links to the recording, keys", async () => {
    const link = "https://pbx.example/download/12345";
    const { custom } = await factsOf(
      notice({ audio_file_wav: `${link}.wav`, audio_play_mp3: `${link}/play`, api_key: "k", "X-API-Key": "k" }),
    );
    expect(JSON.stringify(custom)).not.toContain(link);
    expect(Object.keys(custom ?? {}).filter((name) => /key/i.test(name))).toEqual([]);
  });

  it("are at most fifty, and never deep", async () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`v${index}`, "x"]));
    const { custom } = await factsOf(notice({ deep: [[[[[[[[1]]]]]]]], ...many }));
    expect(Object.keys(custom ?? {})).toHaveLength(50);
    expect(custom).not.toHaveProperty("deep");
  });

  it("set no prototype", async () => {
    const { custom } = await factsOf(
      renderAnura().replace(/\}$/, ', "__proto__": {"admin": true}, "constructor": "x"}'),
    );
    expect(Object.getPrototypeOf(custom)).toBe(Object.prototype);
    expect(Object.keys(custom ?? {})).toContain("constructor");
    expect(Object.keys(custom ?? {})).not.toContain("__proto__");
  });
});
