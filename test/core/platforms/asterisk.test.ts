import { describe, it } from "vitest";
import { cases } from "../../contracts/sources/asterisk";
import { asterisk } from "../../../src/platforms/asterisk";
import type { AsteriskSettings } from "../../../src/platforms/asterisk/settings";

const [given] = cases;
if (!given) throw new Error("the case is gone");
const { good } = given;

async function factsOf(changes: Record<string, unknown>, settings: AsteriskSettings = given!.config.settings) {
  const body = new Uint8Array(new TextEncoder().encode(JSON.stringify({ ...good, ...changes })));
  const result = await asterisk.read(body, "application/json", { id: "src_1", organizationId: "org_1", settings });
  if (!result.ok || result.value.kind !== "calls") throw new Error(JSON.stringify(result));
  return result.value.facts[0]!;
}

describe("a record of Asterisk's CDR", () => {
  it("says who called whom, when, and where the recording is", async ({ expect }) => {
    expect(await factsOf({})).toMatchObject({
      externalId: "1787234400.12",
      outcome: "completed",
      direction: "inbound",
      from: "541155550100",
      to: "101",
      startedAt: 1_787_234_400_000,
      startedAtRaw: "2026-08-20 11:00:00",
      endedAt: 1_787_234_525_000,
      durationSeconds: 125,
      talkSeconds: 120,
      providerStatus: "ANSWERED",
      operatorName: "Marta Gómez",
      custom: { channel: "PJSIP/trunk-0000000c", did: "541155550199" },
      recordings: [
        {
          externalId: "external-101-541155550100-20260820-110000-1787234400.12.wav",
          url: "https://pbx.example/monitor/2026/08/20/external-101-541155550100-20260820-110000-1787234400.12.wav",
        },
      ],
    });
  });

  it("is of the call its linkedid names, which began with the first channel", async ({ expect }) => {
    expect(await factsOf({ uniqueid: "1787234460.14", calldate: "2026-08-20 11:01:00" })).toMatchObject({
      externalId: "1787234400.12",
      startedAt: 1_787_234_400_000,
      endedAt: null,
    });
    expect(await factsOf({ linkedid: null, uniqueid: "pbx1-1787234460.14", calldate: null })).toMatchObject({
      externalId: "pbx1-1787234460.14",
      startedAt: 1_787_234_460_000,
    });
  });

  it.for<[disposition: string | null, outcome: string]>([
    ["ANSWERED", "completed"],
    ["NO ANSWER", "failed"],
    ["BUSY", "failed"],
    ["FAILED", "failed"],
    ["CONGESTION", "failed"],
    [null, "completed"],
  ])("ended as its disposition %s says", async ([disposition, outcome], { expect }) => {
    expect((await factsOf({ disposition })).outcome).toBe(outcome);
  });

  it.for<[file: string, direction: string]>([
    ["out-541155550100-101-20260820-110000-1.2.wav", "outbound"],
    ["internal-102-101-20260820-110000-1.2.wav", "internal"],
    ["q-400-541155550100-20260820-110000-1.2.wav", "inbound"],
    ["rg-600-541155550100-20260820-110000-1.2.gsm", "inbound"],
  ])("goes the way its recording's name says: %s", async ([recordingfile, direction], { expect }) => {
    expect((await factsOf({ recordingfile, did: "" })).direction).toBe(direction);
  });

  it.for<[src: string, dst: string, direction: string]>([
    ["541155550100", "101", "inbound"],
    ["101", "541155550100", "outbound"],
    ["101", "102", "internal"],
  ])("else as its numbers say: %s to %s", async ([src, dst, direction], { expect }) => {
    expect((await factsOf({ recordingfile: "x.wav", did: "", src, dst })).direction).toBe(direction);
  });

  it("has the recording whose link it brings, or none without an address to fetch it at", async ({ expect }) => {
    expect((await factsOf({ recording_url: "https://a.example/1.wav" })).recordings).toEqual([
      { externalId: "external-101-541155550100-20260820-110000-1787234400.12.wav", url: "https://a.example/1.wav" },
    ]);
    expect((await factsOf({}, {})).recordings).toEqual([]);
    expect((await factsOf({ recordingfile: "x.wav" })).recordings).toEqual([]);
  });

  it("names what is missing", async ({ expect }) => {
    const body = new Uint8Array(new TextEncoder().encode('{"src":"1"}'));
    expect(await asterisk.read(body, "", { id: "s", organizationId: "o", settings: {} })).toMatchObject({
      ok: false,
      error: { status: 422, errors: [{ field: "uniqueid" }] },
    });
  });
});
