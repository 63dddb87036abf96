import { describe, expect, it } from "vitest";
import { AUDITED } from "../../../src/db/audited-tables";
import { auditTriggers } from "../../../src/db/audit-triggers";
import { RECORDED_ACTIONS } from "../../../src/lib/recorded-actions";
import { auditActionName } from "../../../src/ui/strings/audit-actions";
import { GLOSSARY } from "../../../src/ui/strings/glossary";

const nouns = new Set(AUDITED.map(({ noun }) => noun));

/** What the triggers write as an action, as their SQL says it. */
const ofTriggers = [...auditTriggers().values()].flatMap((trigger) =>
  [...trigger.matchAll(/'([a-z_]+)\.([a-z_]+)'/g)].flatMap(([, noun = "", verb = ""]) =>
    nouns.has(noun) ? [`${noun}.${verb}`] : [],
  ),
);
const actions = [...new Set([...ofTriggers, ...RECORDED_ACTIONS])];

describe("the names of what the audit log records", () => {
  it("there is one, in each language, of every action that a trigger or code writes", () => {
    for (const noun of nouns)
      expect(
        ofTriggers.some((action) => action.startsWith(`${noun}.`)),
        noun,
      ).toBe(true);
    expect(actions).toContain("endpoint.updated");
    expect(actions).toContain("sign_in.failed");
    for (const action of actions) {
      const [english, spanish] = [auditActionName(action, "en"), auditActionName(action, "es")];
      expect(english, action).toMatch(/^[A-Z][^._]+$/);
      expect(spanish, action).toMatch(/^[A-Z][^._]+$/);
      expect(spanish, action).not.toBe(english);
      for (const [word, translation] of GLOSSARY)
        if (word.test(english ?? "")) expect(spanish, action).toMatch(translation);
    }
  });

  it("no two actions have the same name", () => {
    for (const language of ["en", "es"] as const)
      expect(new Set(actions.map((action) => auditActionName(action, language))).size).toBe(actions.length);
  });

  it("an action that nothing writes has none, also one that objects know", () => {
    for (const action of ["thing.done", "campaign.done", "constructor", "campaign.constructor", ""])
      expect(auditActionName(action, "en"), action).toBeNull();
  });
});
