import { describe, expect, it } from "vitest";
import { condition, type Condition } from "../../../src/analysis/rules/condition";
import { judge, type KnownOfCall, type RuleToJudge } from "../../../src/analysis/rules/judge";
import { findPhrase, phraseWords, type PhraseWanted, type Said } from "../../../src/analysis/rules/phrase";
import { claimOfRules, weigh } from "../../../src/analysis/rules/weigh";
import { exampleMeasures } from "../../../src/events/measures";

/** Words a second apart, from a second on. */
function said(speaker: Said["speaker"], from: number, text: string): Said {
  const words = text.split(" ").map((one, at) => ({ text: one, start: (from + at) * 1000 }));
  return { speaker, channel: speaker === "customer" ? 1 : 0, start: from * 1000, text, words };
}

const ANY: PhraseWanted = { phrases: [], speaker: "any", first_seconds: null, unless_negated: true };
const find = (spoken: Said[], phrase: string, wanted: Partial<PhraseWanted> = {}) =>
  findPhrase(spoken, { ...ANY, phrases: [phrase], ...wanted });

describe("a phrase", () => {
  it("is found whatever its case, accents and punctuation are, with the words around it and its time", () => {
    const found = find([said("operator", 30, "Well, could you PLEASE dime el Código, por favor")], "dime el codigo");
    expect(found).toEqual({
      phrase: "dime el codigo",
      quote: "Well, could you PLEASE dime el Código, por favor",
      speaker: "operator",
      channel: 0,
      at: 34,
    });
  });

  it("is found across what the other says in between, and never across two speakers", () => {
    const spoken = [said("operator", 1, "read me"), said("customer", 3, "the yes"), said("operator", 5, "the code")];
    expect(find(spoken, "read me the code")?.speaker).toBe("operator");
    expect(find(spoken, "read me the yes")).toBeUndefined();
    const unknown = [
      { ...said(null, 1, "read me"), channel: 0 },
      { ...said(null, 3, "the code"), channel: 1 },
    ];
    expect(find(unknown, "read me the code")).toBeUndefined();
  });

  it.for([
    ["never give me the code", undefined],
    ["I do not want you to give me the code", 6],
    ["you don't give me the code", undefined],
    ["nunca give me the code", undefined],
    ["no problem at all, give me the code", 4],
  ] as const)("%s: counts unless it is negated", ([text, at]) => {
    expect(find([said("operator", 0, text)], "give me the code")?.at).toBe(at);
    expect(find([said("operator", 0, text)], "give me the code", { unless_negated: false })).toBeDefined();
  });

  it("counts within the first seconds only, where they are given, and by the speaker who is meant", () => {
    const spoken = [said("customer", 10, "good morning"), said("operator", 61, "good morning")];
    expect(find(spoken, "good morning", { first_seconds: 60 })?.speaker).toBe("customer");
    expect(find(spoken, "good morning", { first_seconds: 60, speaker: "operator" })).toBeUndefined();
    expect(find(spoken, "good morning", { speaker: "operator" })?.at).toBe(61);
    const untimed = [{ ...said("operator", 0, "good morning"), start: null, words: [] }];
    expect(find(untimed, "good morning", { first_seconds: 60 })).toBeUndefined();
    expect(find(untimed, "good morning")?.at).toBeNull();
  });

  it("has words, and a star for any one of them", () => {
    expect(find([said("operator", 0, "your secret code now")], "your * code")?.at).toBe(0);
    expect(find([said("operator", 0, "your very secret code")], "your * code")).toBeUndefined();
    expect(phraseWords("  ¿Su   código? ")).toEqual(["su", "codigo"]);
    const bare = { kind: "phrase", phrases: ["* *"] };
    expect(condition.safeParse(bare).success).toBe(false);
  });
});

const CALL: KnownOfCall = {
  caller: ["011 4778-1234", "+541147781234"],
  called: ["+541150001000"],
  said: [said("operator", 2, "good morning this is the bank"), said("customer", 20, "hello")],
  gaps: [],
  measures: { ...exampleMeasures, hold_seconds: 40 },
  operatorChannel: 0,
  scoreSets: [],
  repeats: (party, minutes) => (party === "caller" && minutes === 60 ? 4 : null),
};

function ruleOf(...given: object[]): RuleToJudge {
  const conditions = given.map((one) => condition.parse(one));
  return { id: "rul_1", name: "Rule", version: 1, weight: 40, script: null, conditions };
}

const holds = (given: object, known: Partial<KnownOfCall> = {}) => judge(ruleOf(given), { ...CALL, ...known }).holds;

describe("a condition", () => {
  it.for([
    [{ kind: "phrase", phrases: ["the bank"] }, true],
    [{ kind: "phrase", phrases: ["the shop"] }, false],
    [{ kind: "phrase", phrases: ["the shop"], said: false }, true],
    [{ kind: "phrase", phrases: ["the bank"], said: false }, false],
    [{ kind: "number", numbers: ["+541147781234"] }, true],
    [{ kind: "number", numbers: ["01147781234"], party: "caller" }, true],
    [{ kind: "number", numbers: ["+5411*"], party: "called" }, true],
    [{ kind: "number", numbers: ["+5491*"] }, false],
    [{ kind: "measure", name: "hold_seconds", at_least: 30 }, true],
    [{ kind: "measure", name: "hold_seconds", at_most: 30 }, false],
    [{ kind: "measure", name: "talk_share", speaker: "operator", at_least: 0 }, true],
    [{ kind: "repeat", calls: 4, within_minutes: 60 }, true],
    [{ kind: "repeat", calls: 5, within_minutes: 60 }, false],
    [{ kind: "repeat", calls: 2, within_minutes: 60, party: "called" }, null],
    [{ kind: "score", name: "Stress", at_least: 5 }, null],
  ] as const)("%j holds: %s", ([given, expected]) => {
    expect(holds(given)).toBe(expected);
  });

  it("about words is unknown without a transcript, and that something was not said also with a gap in it", () => {
    const unsaid = { kind: "phrase", phrases: ["this call is recorded"], said: false, first_seconds: 60 };
    expect(holds(unsaid)).toBe(true);
    expect(holds(unsaid, { said: null })).toBeNull();
    expect(holds(unsaid, { gaps: [{ start: 30_000 }] })).toBeNull();
    expect(holds(unsaid, { gaps: [{ start: 90_000 }] })).toBe(true);
    expect(holds({ ...unsaid, speaker: "operator" }, { said: [said(null, 1, "hello")] })).toBeNull();
    expect(holds({ kind: "phrase", phrases: ["hello"] }, { said: null })).toBeNull();
  });

  it("about a speaker's measures is unknown where one channel carries everyone", () => {
    const long = { kind: "measure", name: "talk_share", speaker: "customer", at_least: 0 };
    expect(holds(long)).toBe(true);
    expect(holds(long, { operatorChannel: null })).toBeNull();
  });

  it("has a limit, and a measure that the speaker has", () => {
    for (const given of [
      { kind: "measure", name: "hold_seconds" },
      { kind: "measure", name: "hold_seconds", speaker: "operator", at_least: 1 },
      { kind: "score", name: "Stress" },
      { kind: "number", numbers: ["abc"] },
      { kind: "repeat", calls: 2, within_minutes: 20_000 },
    ])
      expect(condition.safeParse(given).success, JSON.stringify(given)).toBe(false);
  });

  it("holds with all others of its rule, or the rule does not", () => {
    const [bank, shop]: Condition[] = ["the bank", "the shop"].map((phrase) =>
      condition.parse({ kind: "phrase", phrases: [phrase] }),
    ) as [Condition, Condition];
    const unknown = condition.parse({ kind: "score", name: "x", at_least: 1 });
    const rule = ruleOf();
    expect(judge({ ...rule, conditions: [bank, bank] }, CALL)).toMatchObject({ holds: true, evidence: [{}, {}] });
    expect(judge({ ...rule, conditions: [bank, shop] }, CALL)).toMatchObject({ holds: false, evidence: [] });
    expect(judge({ ...rule, conditions: [bank, unknown] }, CALL)).toMatchObject({ holds: null, evidence: [] });
    expect(judge({ ...rule, conditions: [] }, CALL).evidence).toEqual([]);
  });
});

describe("what rules come to", () => {
  const byWords = judge(ruleOf({ kind: "phrase", phrases: ["the bank"] }), CALL);
  const byVoice = judge(ruleOf({ kind: "measure", name: "hold_seconds", at_least: 1 }), CALL);
  const scored = (quote?: { text: string; start: number; end: number }) => {
    const scores = [{ name: "Stress", value: 9, ...(quote && { quote }) }];
    const set = { engine: "llm", version: null, at: 0, reason: null, indicator: false };
    const scoreSets = [{ ...set, channels: [{ channel: 1, talkSeconds: null, scores }] }];
    return judge(ruleOf({ kind: "score", name: "stress", speaker: "customer", at_least: 5 }), { ...CALL, scoreSets });
  };

  it("is the sum of their points, at most 100", () => {
    expect(weigh([byWords, { ...byWords, weight: 30 }])).toBe(70);
    expect(weigh([byWords, byWords, byWords])).toBe(100);
    expect(
      weigh([
        { ...byWords, holds: false },
        { ...byWords, holds: null },
      ]),
    ).toBe(0);
  });

  it("warns of nobody by the voice alone: measures and scores without words stay below 70", () => {
    expect(weigh([byVoice, byVoice, scored()])).toBe(69);
    expect(claimOfRules([byVoice, byVoice, scored()], 1)).toMatchObject({ score: 69, level: null });
    expect(weigh([byVoice, byVoice, scored({ text: "I am furious", start: 0, end: 1 })])).toBe(100);
    expect(weigh([byVoice, byVoice, { ...byWords, weight: 1 }])).toBe(70);
  });

  it("is high from 70 and critical from 90, with what it rests on", () => {
    const level = (weight: number) => claimOfRules([{ ...byWords, weight }], 1)?.level;
    expect([69, 70, 89, 90].map(level)).toEqual([null, "high", "high", "critical"]);
    expect(claimOfRules([byWords], 5)).toEqual({
      engine: "rules",
      version: null,
      at: 5,
      score: 40,
      level: null,
      evidence: ["Rule (+40): operator said “good morning this is the bank” at 0:06"],
    });
    expect(claimOfRules([{ ...byWords, weight: 0 }], 5)).toBeUndefined();
  });
});
