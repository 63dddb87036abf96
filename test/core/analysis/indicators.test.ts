import { beforeAll, describe, expect, it } from "vitest";
import { embeddedEngine, type Findings } from "../../../src/analysis";
import { INDICATORS, indicatorsOf } from "../../../src/analysis/scores/indicators";
import callUrl from "../../fixtures/audio/two-party-call.mp3?inline";
import { bytesOf, inMemory, inPieces } from "./recordings";

let findings: Findings;

beforeAll(async () => {
  const bytes = bytesOf(callUrl);
  const found = await embeddedEngine().analyse({ chunks: inPieces(bytes, 65_536), file: inMemory(bytes) });
  if (!found.ok) throw new Error(JSON.stringify(found.error));
  findings = found.value;
});

describe("indicators", () => {
  it("are marked, from 0 to 10, and say what each is the mean of", () => {
    const set = indicatorsOf(findings, { operatorChannel: 0, policy: null }, 1);
    expect(set).toMatchObject({ engine: "indicators", version: "1", indicator: true });
    expect(set.channels.map(({ channel }) => channel)).toEqual([0, 1]);
    const scores = set.channels.flatMap((one) => one.scores);
    expect(scores.length).toBeGreaterThan(0);
    for (const { name, value, scale, why } of scores) {
      expect(INDICATORS.map((one) => one.name)).toContain(name);
      expect(scale).toEqual([0, 10]);
      const parts = [...(why ?? "").matchAll(/\((\d+(?:\.\d)?)\)/g)].map(([, part]) => Number(part));
      const mean = parts.reduce((sum, part) => sum + part, 0) / parts.length;
      expect(Math.abs((value ?? 0) - mean)).toBeLessThanOrEqual(0.1);
    }
  });

  it("are none of the operator under the policy of the EU, nor of a channel that carries everyone", () => {
    const apart = indicatorsOf(findings, { operatorChannel: 1, policy: "eu" }, 1);
    expect(apart.channels.map(({ channel }) => channel)).toEqual([0]);
    expect(indicatorsOf(findings, { operatorChannel: null, policy: "eu" }, 1).channels).toEqual([]);
  });

  it("are none of a channel without speech, or one that was measured by an earlier version", () => {
    const [first] = findings.channels;
    const silent = { ...findings, channels: [{ ...first!, talkSeconds: 0 }] };
    expect(indicatorsOf(silent, { operatorChannel: null, policy: null }, 1).channels[0]!.scores).toEqual([]);
    const { measures: _, ...old } = first!;
    const earlier = { ...findings, channels: [old] };
    expect(indicatorsOf(earlier, { operatorChannel: null, policy: null }, 1).channels[0]!.scores).toEqual([]);
  });
});
