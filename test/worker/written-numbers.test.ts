import { expect, it } from "vitest";
import { listRules } from "../../src/analysis";
import { readCampaignActions } from "../../src/actions";
import { readCampaign } from "../../src/campaigns";
import { FULL_REACH } from "../../src/identity";
import { reviewingOf } from "../../src/quality";
import { mintCampaign, mintOrganization, TEST_MASTER_KEYS } from "../factories";
import { db } from "./api/client";
import { CSRF, visit } from "./visiting";

const RULES = "/dashboard/settings/rules";
const LEVELS = "/dashboard/settings/service-levels";
const SAYS_TWO = "puede ser miles o un decimal: escriba";

it("numbers mean in every form what the reader's language writes, and what may be two is refused at its field", async () => {
  const organization = await mintOrganization(db);
  const campaign = await mintCampaign(db, organization.id);
  const target = { organizationId: organization.id, reach: FULL_REACH, id: campaign.id };
  const pages = visit(organization);
  const at = `/dashboard/campaigns/${campaign.id}`;
  const inLanguage = (language: string) => ({ cookie: `trunkline_language=${language}` });
  const send = async (language: string, path: string, fields: [string, string][]) => {
    const body = new URLSearchParams([["csrf", CSRF], ...fields]);
    const answer = await pages.ask(path, { method: "POST", body, headers: inLanguage(language) });
    return { status: answer.status, text: await answer.text() };
  };
  const seenOn = async (path: string) => /name="seen" value="([^"]*)"/.exec((await pages.page(path)).text)?.[1] ?? "";

  const named = async (name: string) =>
    (await listRules(db, { ...target, limit: 20 })).find((one) => one.name === name);
  const rule = (seconds: string): [string, string][] => [
    ["name", seconds],
    ["weight", "40"],
    ["kind", "phrase"],
    ["c0-phrases", "the code"],
    ["c0-said", "true"],
    ["c0-speaker", "any"],
    ["c0-first_seconds", seconds],
  ];
  const figure = (least: string): [string, string][] => [
    ["name", least],
    ["weight", "40"],
    ["kind", "score"],
    ["c0-name", "Stress"],
    ["c0-speaker", "any"],
    ["c0-at_least", least],
  ];
  expect((await send("es", RULES, rule("1.000"))).status).toBe(303);
  expect((await named("1.000"))?.conditions).toMatchObject([{ first_seconds: 1000 }]);
  expect((await send("es", RULES, figure("1,5"))).status).toBe(303);
  expect((await named("1,5"))?.conditions).toMatchObject([{ at_least: 1.5 }]);
  expect((await send("en", RULES, figure("1,234.5"))).status).toBe(303);
  expect((await named("1,234.5"))?.conditions).toMatchObject([{ at_least: 1234.5 }]);
  const twofold = await send("es", RULES, figure("1,125"));
  expect([twofold.status, twofold.text.includes(SAYS_TWO)]).toEqual([422, true]);
  expect(twofold.text).toContain('id="c0-at_least-error"');
  // A number that looks like thousands is shown so that neither language reads it as them.
  expect((await send("es", RULES, figure("1,1250"))).status).toBe(303);
  const id = (await named("1,1250"))?.id ?? "";
  for (const language of ["en", "es"]) {
    const { text } = await pages.page(`${RULES}/${id}`, inLanguage(language));
    const shown = /name="c0-at_least"[^>]*value="([^"]*)"/.exec(text)?.[1] ?? "";
    const again = await send(language, `${RULES}/${id}`, [...figure(shown), ["seen", await seenOn(`${RULES}/${id}`)]]);
    expect([shown, again.status], language).toEqual(["1.1250", 303]);
    expect((await named("1.1250"))?.conditions).toMatchObject([{ at_least: 1.125 }]);
  }

  const level = (within: string): [string, string][] => [
    ["name", within],
    ["measure", "task_reviewed"],
    ["within", within],
  ];
  expect((await send("es", LEVELS, level("1.000"))).status).toBe(303);
  expect((await send("es", LEVELS, level("1,5"))).status).toBe(303);
  for (const [language, text] of [
    ["es", "1,000"],
    ["en", "1.000"],
  ] as const) {
    const refused = await send(language, LEVELS, level(text));
    expect([refused.status, refused.text.includes('id="within-error"')], text).toEqual([422, true]);
  }

  const reviewing = async (due: string, scores: string) =>
    send("es", `${at}/reviewing`, [
      ["assign", "queue"],
      ["due", due],
      ["scores", scores],
      ["rest", "queue"],
      ["seen", await seenOn(`${at}/reviewing`)],
    ]);
  expect((await reviewing("1.000", "Stress>=1,5\nRisk>=0.25<=1.000")).status).toBe(303);
  const found = await readCampaign(db, target);
  expect(found.ok && reviewingOf(found.value)).toMatchObject({
    due_hours: 1000,
    sample: { scores: [{ from: 1.5 }, { from: 0.25, to: 1000 }] },
  });
  for (const [due, scores, field] of [
    ["1,000", "", "due"],
    ["", "Stress>=1,125", "scores"],
    ["", "Stress>=1.2.3", "scores"],
  ] as const) {
    const refused = await reviewing(due, scores);
    expect([refused.status, refused.text.includes(`id="${field}-error"`)], `${due}${scores}`).toEqual([422, true]);
  }

  const acting = (least: string): [string, string][] => [
    ["of", "tag"],
    ["name", least],
    ["enabled", "true"],
    ["add", "long"],
    ["kind", "duration"],
    ["c0-at_least", least],
    ["seen", "0"],
  ];
  const unclear = await send("es", `${at}/actions/new`, acting("1,000"));
  expect([unclear.status, unclear.text.includes(SAYS_TWO)]).toEqual([422, true]);
  expect((await send("es", `${at}/actions/new`, acting("1.000"))).status).toBe(303);
  const known = await readCampaignActions({ db, masterKeys: TEST_MASTER_KEYS }, target);
  expect(known.ok && known.value.actions[0]?.when).toMatchObject([{ kind: "duration", at_least: 1000 }]);

  for (const [path, fields, field] of [
    [
      "/dashboard/webhooks",
      [
        ["format", "standard"],
        ["timeout", "1,000"],
      ],
      "timeout",
    ],
    [
      "/dashboard/connectors",
      [
        ["kind", "s3"],
        ["poll", "1,000"],
      ],
      "poll",
    ],
    [
      at,
      [
        ["name", "Calls"],
        ["processedAfter", "1,000"],
      ],
      "processedAfter",
    ],
  ] as [string, [string, string][], string][]) {
    const refused = await send("es", path, fields);
    expect([refused.text.includes(`id="${field}-error"`), refused.text.includes(SAYS_TWO)], field).toEqual([
      true,
      true,
    ]);
  }
});
