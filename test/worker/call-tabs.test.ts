import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { alerts } from "../../src/db/schema";
import { hrefOfSubject } from "../../src/dashboard/notifications/read";
import { TABS_COOKIE } from "../../src/ui/view";
import {
  mintAlert,
  mintAnalysis,
  mintCall,
  mintOrganization,
  mintRecording,
  mintReview,
  mintScorecard,
  mintTask,
  NOON,
  openDatabase,
} from "../factories";
import { expectHarmless, MOST_TRIPS, SCRIPT, visit } from "./visiting";

const db = openDatabase(env.DB);

const RULE = {
  id: "rul_1",
  name: "Threatens to leave",
  version: 1,
  weight: 40,
  script: null,
  holds: true,
  evidence: [{ kind: "phrase" as const, phrase: "cancel", quote: "cancel my plan", speaker: "customer", at: 81 }],
};
const RISK = {
  claims: [
    {
      engine: "rules",
      version: null,
      at: NOON,
      score: 40,
      level: null,
      evidence: ["Threatens to leave (+40): customer: cancel my plan"],
    },
    { engine: "platform", version: "5.2", at: NOON + 1, score: 74, level: "high" as const, evidence: [SCRIPT] },
  ],
  reviews: [],
  judged: [
    RULE,
    { ...RULE, id: "rul_2", name: "Says the price", weight: 0 },
    { ...RULE, id: "rul_3", name: "Greets", weight: 0, script: "Opening", holds: false, evidence: [] },
  ],
};

/** A call with all that a call can have, and one of the same organization that has nothing. */
async function mintCase() {
  const organization = await mintOrganization(db);
  const [full, empty] = [await mintCall(db, organization.id), await mintCall(db, organization.id)];
  const recording = await mintRecording(db, full);
  await mintAnalysis(db, full, recording.id, { risk: RISK });
  const task = await mintTask(db, full, recording.id);
  return { organization, full: `/dashboard/calls/${full.id}`, empty: `/dashboard/calls/${empty.id}`, task, call: full };
}

/** The tabs of a page in their order, the chosen one in brackets. */
function tabsIn(text: string): string[] {
  return [...text.matchAll(/<input type="radio" name="tab-call" value="(\w+)"( checked="")?/g)].map(
    ([, name = "", chosen]) => (chosen === undefined ? name : `[${name}]`),
  );
}

/** What of a page lies in each tab, and what comes behind them. */
function partsIn(text: string): Record<string, string> {
  const [, ...panels] = text.split(/<section class="tab-panel" data-tab-panel="/);
  const [last = "", behind = ""] = (panels.pop() ?? "").split('<section class="in-short">');
  return Object.fromEntries([
    ...[...panels, last].map((one) => [/^\w+/.exec(one)?.[0] ?? "", one] as const),
    ["behind", behind] as const,
  ]);
}

describe("the tabs of a call", () => {
  it("are those that the call has something for, its way first and always", async () => {
    const { organization, full, empty } = await mintCase();
    const page = await visit(organization).page(full);
    expect(tabsIn(page.text)).toEqual(["[timeline]", "scorecard", "measures", "risk"]);
    expect(page.trips).toBeLessThanOrEqual(MOST_TRIPS);
    expectHarmless(page.text);
    expect(tabsIn((await visit(organization).page(empty)).text)).toEqual(["[timeline]"]);
  });

  it("have what belongs to each, and below them what is always in sight", async () => {
    const { organization, full } = await mintCase();
    const parts = partsIn((await visit(organization).page(full)).text);
    expect(parts["timeline"]).toContain('class="timeline"');
    expect(parts["scorecard"]).toContain("Waits for a reviewer");
    expect(parts["measures"]).toMatch(/Opening[\s\S]*Not kept to[\s\S]*Greets/);
    expect(parts["measures"]).not.toContain("Threatens to leave");
    expect(parts["risk"]).toMatch(/74 of 100[\s\S]*Threatens to leave \(\+40\)[\s\S]*Noted[\s\S]*Says the price/);
    // What a rule rests on is said once, in the language of the page, and played from its moment.
    expect(parts["risk"]?.split("cancel my plan")).toHaveLength(3);
    expect(parts["risk"]).toContain("?t=81&amp;tab=risk");
    for (const id of ["tags", "comments"]) expect(parts["behind"]).toContain(`id="${id}"`);
  });

  it("name the risk beside its title", async () => {
    const { organization, full } = await mintCase();
    expect((await visit(organization).page(full)).text).toMatch(/Risk<span class="tag attention">High 74<\/span>/);
    const spanish = await visit(organization).page(full, { cookie: "trunkline_language=es" });
    expect(spanish.text).toMatch(/Riesgo<span class="tag attention">Alto 74<\/span>/);
  });

  it("say of an alert how it stands, and lead to it", async () => {
    const { organization, full, call } = await mintCase();
    const riskOf = async (as = {}, options = {}) =>
      partsIn((await visit(organization, as).page(full, options)).text)["risk"] ?? "";
    expect(await riskOf()).not.toContain("/dashboard/alerts/");
    const alert = await mintAlert(db, call);
    expect(await riskOf()).toMatch(
      new RegExp(`/dashboard/alerts/${alert.id}">Open the alert[\\s\\S]*Open[\\s\\S]*Nobody`),
    );
    await db.update(alerts).set({ state: "confirmed", ownerId: "usr_x" }).where(eq(alerts.id, alert.id));
    expect(await riskOf({}, { cookie: "trunkline_language=es" })).toMatch(
      /Alerta<[\s\S]*Confirmada[\s\S]*Otra persona/,
    );
    const unseen = await riskOf({ scopes: ["calls:read", "analyses:read"] });
    expect(unseen).toContain("74 of 100");
    expect(unseen).not.toContain("/dashboard/alerts/");
  });

  it("show nobody what they may not see", async () => {
    const { organization, full } = await mintCase();
    const scopes = ["calls:read", "deliveries:list"];
    const { text } = await visit(organization, { scopes }).page(full);
    expect(tabsIn(text)).toEqual(["[timeline]"]);
    expect(text).not.toMatch(/Threatens to leave|74 of 100|High 74|Kept to|Waits for a reviewer/);
    const judging = await visit(organization, { scopes: [...scopes, "reviews:read"] }).page(full);
    expect(tabsIn(judging.text)).toEqual(["[timeline]", "scorecard"]);
  });

  it("open as this browser had them, or as the address says, where the call has that", async () => {
    const { organization, full, empty } = await mintCase();
    const { page } = visit(organization);
    const chosenOn = async (path: string, known: string) =>
      tabsIn((await page(path, { cookie: `${TABS_COOKIE}=${known}` })).text).find((one) => one.startsWith("["));
    expect(await chosenOn(full, "other-measures.call-risk")).toBe("[risk]");
    expect(await chosenOn(empty, "call-risk")).toBe("[timeline]");
    expect(await chosenOn(`${full}?tab=measures`, "call-risk")).toBe("[measures]");
    expect(await chosenOn(`${full}?tab=${encodeURIComponent(SCRIPT)}`, "call-risk")).toBe("[risk]");
    for (const wrong of ["", "call", "call-", "-risk", "call-constructor", "...", "call-%22%3E"])
      expect([wrong, await chosenOn(full, wrong)]).toEqual([wrong, "[timeline]"]);
  });

  it("are where forms in them lead back to, and no address points into one that is hidden", async () => {
    const { organization, full, task, call } = await mintCase();
    const pages = visit(organization);
    const { text } = await pages.page(full);
    const forms = [...(partsIn(text)["scorecard"] ?? "").matchAll(/<form method="post" action="([^"]+)"/g)];
    expect(forms.map(([, action]) => action)).toEqual([
      `/dashboard/tasks/${task.id}/state`,
      `/dashboard/tasks/${task.id}/opinions`,
    ]);
    const sent: [string, Record<string, string>][] = [
      ["opinions", { wanted: "2" }],
      ["state", { state: "closed", reason: "duplicate" }],
      ["state", { state: "open" }],
    ];
    for (const [verb, fields] of sent) {
      const answer = await pages.post(`/dashboard/tasks/${task.id}/${verb}`, fields);
      const address = answer.headers.get("location") ?? "";
      expect([answer.status, address.startsWith(`/dashboard/calls/${call.id}?`)]).toEqual([303, true]);
      expect(tabsIn((await pages.page(address)).text)).toContain("[scorecard]");
      const [, fragment] = address.split("#");
      if (fragment !== undefined) expect(partsIn(text)["scorecard"]).toContain(`id="${fragment}"`);
    }
    for (const kind of ["task_assigned", "task_unassigned", "opinions_apart"] as const)
      expect(hrefOfSubject({ kind, subjectId: task.id })).toBe(`/dashboard/calls/${call.id}?tab=scorecard`);
  });

  it("have a call's finished reviews where it has no task that the visitor sees", async () => {
    const { organization, empty } = await mintCase();
    const id = empty.split("/").at(-1) ?? "";
    const card = await mintScorecard(db, organization.id);
    await mintReview(db, { organizationId: organization.id, id }, card, { state: "completed" });
    const { text } = await visit(organization).page(empty);
    expect(tabsIn(text)).toEqual(["[timeline]", "scorecard"]);
    expect(partsIn(text)["scorecard"]).toContain("/dashboard/reviews/rev_");
  });
});

describe("a call in short", () => {
  it("has what the platform summed up, and the few measures that say most", async () => {
    const organization = await mintOrganization(db);
    const conversation = {
      agentId: null,
      summary: "She asks for the price.",
      transcript: null,
      timeline: [],
      actionResults: [],
    };
    const call = await mintCall(db, organization.id, { conversation, tags: ["price"] });
    const { text } = await visit(organization).page(`/dashboard/calls/${call.id}`);
    const short = partsIn(text)["behind"] ?? "";
    expect(short).toMatch(/In short[\s\S]*She asks for the price\.[\s\S]*price/);
    expect(text.split("She asks for the price.")).toHaveLength(2);
  });
});
