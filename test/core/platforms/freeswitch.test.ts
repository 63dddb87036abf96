import { describe, it } from "vitest";
import { cases } from "../../contracts/sources/freeswitch";
import { freeswitch } from "../../../src/platforms/freeswitch";
import type { FreeswitchSettings } from "../../../src/platforms/freeswitch/settings";

const [form] = cases;
if (!form) throw new Error("the cases are gone");
const { good, notices } = form;

type Record_ = { variables: Record<string, unknown>; [name: string]: unknown };

function read(body: string, settings: FreeswitchSettings = form!.config.settings) {
  const bytes = new Uint8Array(new TextEncoder().encode(body));
  return freeswitch.read(bytes, "application/x-www-form-urlencoded", {
    id: "src_1",
    organizationId: "org_1",
    settings,
  });
}

async function factsOf(record: unknown, settings?: FreeswitchSettings) {
  const result = await read(JSON.stringify(record), settings);
  if (!result.ok || result.value.kind !== "calls") throw new Error(JSON.stringify(result));
  return result.value.facts[0]!;
}

function withVariables(changes: Record<string, unknown>): Record_ {
  const record = good as Record_;
  return { ...record, variables: { ...record.variables, ...changes } };
}

describe("a record of mod_json_cdr", () => {
  it("says who called whom, when, and how it ended", async ({ expect }) => {
    expect(await factsOf(good, { ...form.config.settings, country: "AR" })).toMatchObject({
      externalId: "b7b3ff47-9ed4-4a2b-9b3f-6a8f0c1e2d30",
      outcome: "completed",
      direction: "inbound",
      from: "+541155550100",
      fromE164: "+541155550100",
      to: "300",
      toE164: null,
      startedAt: 1_787_234_400_123,
      answeredAt: 1_787_234_405_123,
      endedAt: 1_787_234_525_123,
      durationSeconds: 125,
      talkSeconds: 120,
      providerStatus: "NORMAL_CLEARING",
      operatorName: "Marta Gómez",
      recordings: [{ externalId: "a.wav", url: "https://pbx.example/recordings/a.wav" }],
    });
  });

  it("is one call for all its legs: the others decide nothing", async ({ expect }) => {
    const [leg, , lost] = await Promise.all(notices.map((notice) => factsOf(notice)));
    expect(leg).toEqual({
      externalId: "b7b3ff47-9ed4-4a2b-9b3f-6a8f0c1e2d30",
      outcome: null,
      operatorName: "Marta Gómez",
      recordings: [{ externalId: "a.wav", url: "https://pbx.example/recordings/a.wav" }],
    });
    expect(lost).toMatchObject({ outcome: null, operatorName: null });
  });

  it("has failed where nobody answered", async ({ expect }) => {
    const record = withVariables({ billsec: "0", answer_epoch: "0", answer_uepoch: "0", hangup_cause: "USER_BUSY" });
    expect(await factsOf(record)).toMatchObject({ outcome: "failed", error: "USER_BUSY", answeredAt: null });
  });

  // mod_callcenter answers to play music, mod_voicemail to take a message.
  it.for<[name: string, changes: Record<string, unknown>, outcome: string, error: string | null]>([
    ["a queue that was left", { cc_cause: "cancel", cc_cancel_reason: "TIMEOUT" }, "failed", "left the queue: TIMEOUT"],
    ["a queue that an agent answered", { cc_cause: "answered" }, "completed", null],
    ["a voicemail", { voicemail_message_len: "00:00:12" }, "failed", "the caller left a voicemail"],
    [
      "a queue that was left, then somebody was reached",
      { cc_cause: "cancel", cc_cancel_reason: "EXIT_WITH_KEY", last_bridge_to: "0c1d2e3f" },
      "completed",
      null,
    ],
  ])(
    "goes by whether somebody was reached, not by the switch's answer: %s",
    async ([, changes, ...right], { expect }) => {
      const [outcome, error] = right;
      expect(await factsOf(withVariables(changes))).toMatchObject({
        outcome,
        error,
        providerStatus: "NORMAL_CLEARING",
      });
    },
  );

  it("falls back on whole seconds", async ({ expect }) => {
    const record = withVariables({ start_uepoch: undefined, end_uepoch: "0" });
    expect(await factsOf(record)).toMatchObject({ startedAt: 1_787_234_400_000, endedAt: 1_787_234_525_000 });
  });

  it.for<[name: string, changes: Record<string, unknown>, direction: string | null]>([
    ["as FusionPBX says", { call_direction: "outbound" }, "outbound"],
    ["local, as FusionPBX says", { call_direction: "local" }, "internal"],
    [
      "from an extension to a number",
      { call_direction: null, user_name: "300", destination_number: "541155550100" },
      "outbound",
    ],
    ["from an extension to another", { call_direction: null, user_name: "300", destination_number: "301" }, "internal"],
    ["from a trunk", { call_direction: null }, "inbound"],
  ])("knows the direction: %s", async ([, changes, direction], { expect }) => {
    expect((await factsOf(withVariables(changes))).direction).toBe(direction);
  });

  // As FreeSWITCH 1.10 writes it: who called whom is in the call flow only.
  it.for<[to: string, variables: Record<string, unknown>, direction: string | null]>([
    ["5491155550100", { direction: "inbound", user_name: "1001" }, "outbound"],
    ["1003", { direction: "inbound", user_name: "1001" }, "internal"],
    ["3868158407", { direction: "outbound", is_outbound: "true", sip_gateway_name: "carrier" }, "outbound"],
    ["1003", { direction: "outbound", is_outbound: "true" }, null],
    ["1003", { direction: "inbound" }, "inbound"],
  ])(
    "knows the direction of a call to %s where its variables name no number: %j",
    async ([to, given, way], { expect }) => {
      const profile = { caller_id_number: "1001", caller_id_name: "Extension 1001", destination_number: to };
      const variables = { uuid: "51156b0b", hangup_cause: "ORIGINATOR_CANCEL", duration: "14", billsec: "0", ...given };
      expect(await factsOf({ variables, callflow: [{ caller_profile: profile }] }, {})).toMatchObject({
        direction: way,
        from: "1001",
        to,
        outcome: "failed",
      });
    },
  );

  it("decodes a value that is encoded, and no other", async ({ expect }) => {
    const record = withVariables({
      hangup_cause: "100% sure",
      caller_id_number: "%2B54",
      destination_number: "%2f%25",
    });
    expect(await factsOf(record)).toMatchObject({ providerStatus: "100% sure", from: "+54", to: "%2f%25" });
    expect(await factsOf(record, { encoded_values: false })).toMatchObject({ from: "%2B54" });
  });

  it("goes by the variables its settings name", async ({ expect }) => {
    const record = withVariables({ agent: "Julia%20Paz", way: "out", rec: "b/c d.mp3" });
    const settings: FreeswitchSettings = {
      operator_variable: "agent",
      direction_variable: "way",
      recording_variable: "rec",
      recording_url_template: "https://pbx.example/r/{domain_name}/{file}",
    };
    expect(await factsOf(record, settings)).toMatchObject({
      operatorName: "Julia Paz",
      direction: "outbound",
      recordings: [{ externalId: "c d.mp3", url: "https://pbx.example/r/pbx.example/b/c%20d.mp3" }],
    });
  });

  it("names what is missing", async ({ expect }) => {
    expect(await read('{"variables":{}}')).toMatchObject({
      ok: false,
      error: { status: 422, reason: "missing_fields" },
    });
    expect(await read('{"event":"x"}')).toMatchObject({ ok: false, error: { status: 400, reason: "not_a_cdr" } });
    expect(await read("cdr=%7B")).toMatchObject({ ok: false, error: { status: 400, reason: "invalid_json" } });
  });
});

describe("the address of its recordings", () => {
  it.for([
    "../../etc/passwd",
    "a/../../b",
    "..",
    "@evil.example/x",
    "//evil.example/x",
    "?x=1#y",
    "http://evil.example/",
  ])("leads nowhere else for %j", async (file, { expect }) => {
    const { recordings } = await factsOf(withVariables({ record_file: encodeURIComponent(file) }), {
      recording_url_template: "https://pbx.example/recordings/{record_file}",
    });
    for (const { url } of recordings) expect(url).toMatch(/^https:\/\/pbx\.example\/recordings\/[^?#]+$/);
  });

  it.for([
    "https://{host}/x",
    "{url}",
    "ftp://pbx.example/{file}",
    "https://pbx.example:{port}/x",
    "https://a@pbx.example/{file}",
    "https://pbx.example{file}",
    "https://pbx.example/{file:all}",
    "https://pbx.example/{fi le}",
  ])("is not set to %s", (template, { expect }) => {
    expect(freeswitch.settings.safeParse({ recording_url_template: template }).success).toBe(false);
  });
});
