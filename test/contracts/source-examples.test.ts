import { describe, expect, it } from "vitest";
import { DAY } from "../../src/lib/time";
import {
  bodyOfSample,
  isExampleId,
  type CommonSettings,
  type Mapping,
  type Platform,
  PLATFORMS,
  tryNotice,
} from "../../src/platforms";
import { NOON } from "../factories";
import { nameOf } from "./source-case";
import { sourceCases } from "./source-cases";

const UNIQUE = "0123456789abcdef0123456789abcdef";
const OTHER = "ffffffffffffffffffffffffffffffff";

type Wanted = { settings?: CommonSettings; unique?: string; campaign?: { number: number } | null; now?: number };

function exampleOf(platform: Platform, wanted: Wanted = {}): string {
  const { settings = {}, unique = UNIQUE, campaign = { number: 73_519 }, now = NOON + 123 } = wanted;
  return platform.example?.({ now, unique, settings, campaign }) ?? "";
}

async function factsOf(platform: Platform, text: string, settings: CommonSettings = {}) {
  const config = { id: "src_1", organizationId: "org_1", settings };
  const { body, contentType } = bodyOfSample(platform, text);
  const reading = await platform.read(body, contentType, config);
  if (!reading.ok) throw new Error(JSON.stringify(reading.error));
  if (reading.value.kind === "ignored") throw new Error(reading.value.reason);
  return reading.value.facts;
}

/** The settings of the contract's cases, and those that change what an example has to be. */
const SETTINGS: { name: string; platform: Platform; settings: CommonSettings }[] = [
  ...Object.values<Platform>(PLATFORMS)
    .filter(({ example }) => example !== undefined)
    .map((platform) => ({ name: `${platform.kind}, nothing set`, platform, settings: {} })),
  ...sourceCases.map((given) => ({
    name: nameOf(given),
    platform: given.source,
    settings: given.config.settings,
  })),
  ...(
    [
      [PLATFORMS.ringcentral, { expect_recordings: true }],
      [PLATFORMS.net2phone, { several_recordings: true }],
      [PLATFORMS.freeswitch, { direction_variable: "way", operator_variable: "agent" }],
      [PLATFORMS.voicesense, { score_fields: { Score: "ScoreRight.Scores.Engaged" } }],
      [PLATFORMS.anura, { time_zone: "Asia/Tokyo" }],
    ] as [Platform, CommonSettings][]
  ).map(([platform, settings]) => ({
    name: `${platform.kind}, ${Object.keys(settings).join(" and ")}`,
    platform,
    settings: platform.settings.parse(settings),
  })),
];

describe("the example of a platform", () => {
  it("is there wherever notices come", () => {
    const without = Object.values<Platform>(PLATFORMS).filter(({ example }) => example === undefined);
    expect(without.map(({ kind }) => kind)).toEqual(["internal"]);
  });

  it.each(SETTINGS)("$name: reads to one answered call of this moment, without a problem", async (given) => {
    const { platform, settings } = given;
    const facts = await factsOf(platform, exampleOf(platform, { settings }), settings);
    expect(new Set(facts.map(({ externalId }) => externalId)).size).toBe(1);
    expect(facts.some(({ outcome }) => outcome === "completed")).toBe(true);
    const moments = facts.flatMap(({ startedAt, answeredAt, endedAt }) => [startedAt, answeredAt, endedAt]);
    for (const at of moments.filter((one) => typeof one === "number")) {
      expect(at).toBeGreaterThan(NOON - 60_000);
      expect(at).toBeLessThanOrEqual(NOON + 123);
    }
    expect(facts.every(({ lookUp }) => lookUp !== true)).toBe(true);
  });

  it.each(SETTINGS)("$name: has no link that somebody else's server would be asked for", async (given) => {
    const { platform, settings } = given;
    const text = exampleOf(platform, { settings });
    for (const { externalId, recordings } of await factsOf(platform, text, settings))
      for (const { url } of recordings) expect(url === null || isExampleId(externalId)).toBe(true);
    const own = text.match(/https?:\/\/[^"\s]+/g) ?? [];
    expect(own).toEqual([]);
  });

  it.each(SETTINGS)("$name: is another call each time it is made, and the same each time it is read", async (given) => {
    const { platform, settings } = given;
    const id = async (text: string) => (await factsOf(platform, text, settings))[0]?.externalId;
    const [first, second] = [UNIQUE, OTHER].map((unique) => exampleOf(platform, { settings, unique }));
    expect(await id(first ?? "")).not.toBe(await id(second ?? ""));
    expect(await id(first ?? "")).toBe(await id(first ?? ""));
  });

  it.each(SETTINGS)("$name: is tried on the source's page as it would be sent", async (given) => {
    const { platform, settings } = given;
    const text = exampleOf(platform, { settings });
    const source = { id: "src_1", organizationId: "org_1", kind: platform.kind, settings };
    const [asText, asJson] = [await tryNotice(platform, source, text), await tryNotice(platform, source, parsed(text))];
    expect(asText).toMatchObject({ problems: [], ignored: null });
    expect(asJson).toMatchObject({ problems: [], ignored: null });
    expect(asText.facts[0]?.externalId).toBe(asJson.facts[0]?.externalId);
  });

  it("names the campaign where the platform's notices do, and none where none is chosen", async () => {
    const numberIn = async (campaign: { number: number } | null) =>
      (await factsOf(PLATFORMS.anura, exampleOf(PLATFORMS.anura, { campaign })))[0]?.campaignNumber;
    expect(await numberIn({ number: 73_519 })).toBe(73_519);
    expect(await numberIn(null)).toBe(0);
  });

  it("says who called whom, when, how long and who took it, where the platform says so at all", async () => {
    const unsaid: Record<string, string[]> = {};
    for (const platform of Object.values<Platform>(PLATFORMS).filter(({ example }) => example !== undefined)) {
      const facts = await factsOf(platform, exampleOf(platform));
      const missing = (
        ["fromE164", "toE164", "direction", "startedAt", "durationSeconds", "operatorName"] as const
      ).filter((name) => facts.every((one) => (one[name] ?? null) === null));
      if (missing.length > 0) unsaid[platform.kind] = missing;
    }
    expect(unsaid).toEqual({
      // Their notices have no agent.
      asterisk: ["toE164"],
      ringcentral: ["startedAt", "durationSeconds"],
      telnyx: ["operatorName"],
      twilio: ["operatorName"],
      voicesense: ["fromE164", "toE164", "direction", "startedAt", "operatorName"],
      vonage: ["operatorName"],
      voqo: ["operatorName"],
    });
  });

  it("is as right a day later", async () => {
    for (const platform of Object.values<Platform>(PLATFORMS).filter(({ example }) => example !== undefined)) {
      const [now, later] = [NOON, NOON + DAY].map((at) => exampleOf(platform, { now: at }));
      if (platform.kind !== "voicesense") expect(now).not.toBe(later);
    }
  });
});

describe("the example of a mapping", () => {
  const at = (mapping: Mapping, campaign: { number: number } | null = null) => {
    const settings = PLATFORMS.external.settings.parse({ mapping });
    return { settings, text: exampleOf(PLATFORMS.external, { settings, campaign }) };
  };

  it("puts each fact where the mapping looks for it, in its words and units", async () => {
    const { settings, text } = at(
      {
        only_if: "type == 'call' && data.final",
        external_id: ["data.site", "data.ids[0]"],
        outcome: { path: "data.result || result", values: { OK: "completed", "*": "failed" } },
        direction: { path: "data.way", values: { "1": "inbound", "2": "outbound" } },
        from: "data.party.number",
        started_at: { path: "data.begin", unit: "s" },
        duration: { path: "data.ms", unit: "ms" },
        operator: "data.agents[0].name",
        campaign_number: "data.campaign",
      },
      { number: 7 },
    );
    expect(JSON.parse(text)).toMatchObject({
      type: "call",
      data: { final: true, site: `sample-${UNIQUE}`, ids: ["sample"], result: "OK", way: "1", ms: 31_000, campaign: 7 },
    });
    const [facts, ...others] = await factsOf(PLATFORMS.external, text, settings);
    expect(others).toEqual([]);
    expect(facts).toMatchObject({
      externalId: `sample-${UNIQUE}:sample`,
      outcome: "completed",
      direction: "inbound",
      from: "+442079460018",
      startedAt: NOON - 31_000,
      durationSeconds: 31,
      operatorName: "Sample Operator",
      campaignNumber: 7,
    });
  });

  it("is none where what tells the calls apart is worked out", () => {
    expect(at({ external_id: "join('-', [a, b])" }).text).toBe("");
    expect(at({ external_id: { const: "always" } }).text).toBe("");
  });

  it("leaves out what it cannot follow back, and overwrites nothing", async () => {
    const { settings, text } = at({ external_id: "id", from: "id.number", to: "to_string(called)", operator: "who" });
    expect(JSON.parse(text)).toEqual({ id: `sample-${UNIQUE}`, who: "Sample Operator" });
    expect(await factsOf(PLATFORMS.external, text, settings)).toMatchObject([{ operatorName: "Sample Operator" }]);
  });
});

/** As the page reads what is in its field. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
