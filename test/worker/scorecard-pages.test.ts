import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { FULL_REACH } from "../../src/identity";
import { readScorecard, scorecardDefinition } from "../../src/quality";
import { mintCampaign, mintOrganization, mintScorecard, ONE_QUESTION, openDatabase } from "../factories";
import { CSRF, expectHarmless, gzipped, LONG, MOST_TRIPS, RIGHT_TO_LEFT, SCRIPT, visit } from "./visiting";

const db = openDatabase(env.DB);
const SPANISH = { cookie: "trunkline_language=es" };

/** The fields of the first form that saves a scorecard, as a browser would send them. */
function fieldsOf(text: string): Map<string, string> {
  const form = /<form method="post" action="\/dashboard\/scorecards\/scd_\w+" class="form"[^>]*>.*?<\/form>/s.exec(
    text,
  )?.[0];
  const fields = new Map<string, string>();
  for (const [tag] of (form ?? "").matchAll(/<input[^>]*>/g)) {
    const name = /name="([^"]+)"/.exec(tag)?.[1];
    const unchecked = tag.includes('type="checkbox"') && !tag.includes(" checked");
    if (name && name !== "csrf" && !unchecked) fields.set(name, /value="([^"]*)"/.exec(tag)?.[1] ?? "");
  }
  for (const [, name, inner] of (form ?? "").matchAll(/<select id="[^"]*" name="([^"]+)"[^>]*>(.*?)<\/select>/gs))
    fields.set(name ?? "", /value="(\w*)" selected/.exec(inner ?? "")?.[1] ?? "");
  for (const [, name, inner] of (form ?? "").matchAll(/<textarea id="[^"]*" name="([^"]+)"[^>]*>(.*?)<\/textarea>/gs))
    fields.set(name ?? "", inner ?? "");
  return fields;
}

const RICH = scorecardDefinition.parse({
  pass_percent: 75.5,
  sections: [
    {
      id: "offer",
      title: "Offer",
      weight: 3,
      criteria: [
        { id: "made", text: "Was there an offer?", kind: "yes_no", weight: 2, critical: true },
        {
          id: "kind",
          text: "Which?",
          kind: "choice",
          options: [
            { id: "best", label: "The best", points: 10 },
            { id: "other", label: "Another", points: 4 },
          ],
          na_allowed: true,
          only_if: { criterion: "made", is: ["yes"] },
        },
        { id: "tone", text: "How friendly?", kind: "scale", max: 5, fails_below: 40, help: "5: as a friend" },
        { id: "note", text: "Anything else?", kind: "text", weight: 0 },
      ],
    },
    { id: "law", title: "Law", criteria: [{ id: "told", text: "Recorded?", kind: "yes_no", auto_fail: true }] },
  ],
});

describe("scorecards", () => {
  it("are made once from a form, with a first question or from JSON, which is refused where it is none", async () => {
    const { page, post } = visit(await mintOrganization(db));
    expect((await page("/dashboard/scorecards")).text).toContain("No scorecards yet");
    const form = { once: "one", name: "Sales", json: "" };
    const made = await post("/dashboard/scorecards", form);
    const place = made.headers.get("location") ?? "";
    expect(place).toMatch(/^\/dashboard\/scorecards\/scd_\w+\?done=created$/);
    expect((await post("/dashboard/scorecards", form)).headers.get("location")).toBe(place);
    const copy = { once: "two", name: "Copy", json: JSON.stringify({ name: "x", definition: RICH }) };
    const copied = (await post("/dashboard/scorecards", copy)).headers.get("location") ?? "";
    expect((await page(copied)).text).toContain("Was there an offer?");
    expect((await page("/dashboard/scorecards")).text.match(/data-href/g)).toHaveLength(2);
    for (const refused of [{ name: " " }, { json: "{" }, { json: "{}" }])
      expect((await post("/dashboard/scorecards", { ...form, once: "three", ...refused })).status).toBe(422);
  });

  it("sent back as they were shown are as they were stored, conditions and help included", async () => {
    const organization = await mintOrganization(db);
    const { id } = await mintScorecard(db, organization.id, { definition: RICH });
    const { page, post } = visit(organization);
    const path = `/dashboard/scorecards/${id}`;
    const saved = await post(path, [...fieldsOf((await page(path)).text)]);
    expect(saved.status).toBe(303);
    const read = await readScorecard(db, { organizationId: organization.id, reach: FULL_REACH, id });
    expect(read).toMatchObject({ ok: true, value: { version: 1, name: "Scorecard", campaigns: null } });
    expect(read.ok && read.value.definition).toEqual(RICH);
  });

  it("get another criterion where one is written behind the last, and lose what has no text", async () => {
    const organization = await mintOrganization(db);
    const campaign = await mintCampaign(db, organization.id);
    const { id } = await mintScorecard(db, organization.id, { definition: RICH });
    const { page, post } = visit(organization);
    const path = `/dashboard/scorecards/${id}`;
    const fields = fieldsOf((await page(path)).text);
    fields.set("s1.c1.text", "Said goodbye?").set("s0.c3.text", "").set("campaign", campaign.id);
    expect((await post(path, [...fields])).status).toBe(303);
    const read = await readScorecard(db, { organizationId: organization.id, reach: FULL_REACH, id });
    if (!read.ok) throw new Error("the scorecard is gone");
    expect(read.value.campaigns).toEqual([campaign.id]);
    const texts = read.value.definition.sections.map(({ criteria }) => criteria.map(({ text }) => text));
    expect(texts).toEqual([
      ["Was there an offer?", "Which?", "How friendly?"],
      ["Recorded?", "Said goodbye?"],
    ]);
  });

  it("keep what was entered where it is refused, and say that somebody else changed them", async () => {
    const organization = await mintOrganization(db);
    const { id } = await mintScorecard(db, organization.id, { definition: RICH });
    const { page, post } = visit(organization);
    const path = `/dashboard/scorecards/${id}`;
    const fields = fieldsOf((await page(path)).text);
    const refused = await post(path, [...new Map(fields).set("name", "Mine").set("s0.c0.weight", "lots")]);
    expect(refused.status).toBe(422);
    const text = await refused.text();
    expect(text).toContain('value="Mine"');
    expect(text).toContain('href="#s0.c0.weight"');
    expect((await post(path, [...new Map(fields).set("name", "Theirs")])).status).toBe(303);
    const stale = await post(path, [...new Map(fields).set("name", "Mine")]);
    expect(stale.status).toBe(409);
    expect(await stale.text()).toContain("Theirs");
  });

  it("show how much each criterion counts, and the score of answers", async () => {
    const organization = await mintOrganization(db);
    const { id } = await mintScorecard(db, organization.id, { definition: RICH });
    const { page } = visit(organization);
    const path = `/dashboard/scorecards/${id}`;
    expect((await page(path)).text).toContain("37.5%");
    const tried = (await page(`${path}?try=yes&a.made=yes&a.kind=-&a.tone=5&a.told=yes`)).text;
    expect(tried).toContain("100%");
    expect(tried).toContain("Passes");
    const fatal = (await page(`${path}?try=yes&a.made=yes&a.kind=other&a.told=no&a.tone=hello`)).text;
    expect(fatal).toContain("Does not pass");
    expect(fatal).toContain("One criterion is not answered.");
  });

  it("show what is written and not saved, store nothing by it, and take a bound below which a criterion is failed", async () => {
    const organization = await mintOrganization(db);
    const { id } = await mintScorecard(db, organization.id, { definition: RICH });
    const { page, post } = visit(organization);
    const path = `/dashboard/scorecards/${id}`;
    const stored = async () => {
      const read = await readScorecard(db, { organizationId: organization.id, reach: FULL_REACH, id });
      return read.ok && read.value.definition;
    };
    const fields = fieldsOf((await page(path)).text);
    expect(fields.get("s0.c2.failsBelow")).toBe("40");
    // The law counts four times as much as it did.
    const written = new Map(fields).set("s1.weight", "12").set("s0.c2.failsBelow", "");
    const shown = await post(path, [...written, ["do", "preview"]]);
    const text = await shown.text();
    expect(shown.status).toBe(200);
    expectHarmless(text);
    expect(text).toContain("What counts how much, as it is written and not saved");
    expect(text).toContain("80%");
    // Where nothing is changed nothing is lost by leaving.
    expect(text).toContain('data-unsaved="yes"');
    const untouched = await (await post(path, [...fields, ["do", "preview"]])).text();
    expect(untouched).toContain("What counts how much, as it is written and not saved");
    expect(untouched).not.toContain('data-unsaved="yes"');
    expect(text).toContain('name="s1.weight" type="text" value="12"');
    expect(await stored()).toEqual(RICH);
    expect((await post(path, [...new Map(written).set("s0.title", "").set("do", "preview")])).status).toBe(422);
    expect((await post(path, [...written])).status).toBe(303);
    const saved = await stored();
    const tone = saved && saved.sections[0]?.criteria[2];
    expect([saved && saved.sections[1]?.weight, tone && "fails_below" in tone]).toEqual([12, false]);
    const seen = fieldsOf((await page(path)).text);
    expect((await post(path, [...seen.set("s0.c2.failsBelow", "101")])).status).toBe(422);
  });

  it("are taken as a file that another organization makes one of", async () => {
    const [own, other] = [await mintOrganization(db), await mintOrganization(db)];
    const { id } = await mintScorecard(db, own.id, { definition: RICH });
    const at = `/dashboard/scorecards/${id}/json`;
    const file = await visit(own, { role: "reviewer" }).ask(at);
    expect(file.headers.get("content-disposition")).toContain(`${id}-version-1.json`);
    const json = await file.text();
    expect(JSON.parse(json)).toEqual({ name: "Scorecard", campaign_ids: null, definition: RICH });
    const theirs = visit(other);
    expect((await theirs.page(at)).status).toBe(404);
    const made = await theirs.post("/dashboard/scorecards", { once: "one", name: "Copy", json });
    expect((await theirs.page(made.headers.get("location") ?? "")).text).toContain("Was there an offer?");
  });

  it("are made of a JSON file as it was taken, once, with its name; what is none or too large is refused", async () => {
    const who = visit(await mintOrganization(db));
    const send = (text: string, name: string, fields: Record<string, string> = {}) => {
      const body = new FormData();
      for (const [field, value] of Object.entries({ csrf: CSRF, once: "file", ...fields })) body.set(field, value);
      body.set("file", new File([text], name, { type: "application/json" }));
      return who.ask("/dashboard/scorecards/file", { method: "POST", body });
    };
    const json = JSON.stringify({ name: "From the north", campaign_ids: ["cmp_x"], definition: RICH });
    const made = await send(json, "scd_1-version-1.json");
    const place = made.headers.get("location") ?? "";
    expect([made.status, place]).toEqual([303, expect.stringMatching(/scd_\w+\?done=created$/)]);
    const shown = await who.page(place);
    expect(shown.text).toContain("From the north");
    expect(shown.text).toContain("Was there an offer?");
    expect((await send(json, "scd_1-version-1.json")).headers.get("location")).toBe(place);
    const bare = await send(JSON.stringify(RICH), "Night calls.JSON", { once: "bare" });
    expect((await who.page(bare.headers.get("location") ?? "")).text).toContain("Night calls");
    for (const text of ["", "{", "{}", "[1]", `${json}x`, " ".repeat(200_001)])
      expect((await send(text, "x.json", { once: "other" })).status).toBe(422);
    expect((await send(json, "x.json", { csrf: "of another session" })).status).toBe(403);
    const reader = visit(await mintOrganization(db), { role: "reviewer" });
    expect((await reader.post("/dashboard/scorecards/file", { once: "x", file: json })).status).toBe(403);
    expect((await who.page("/dashboard/scorecards")).text.match(/data-href/g)).toHaveLength(2);
  });

  it("are published as they are written: saved first, in one, and what is wrong stays in the form", async () => {
    const organization = await mintOrganization(db);
    const { id } = await mintScorecard(db, organization.id, { definition: RICH });
    const { page, post } = visit(organization);
    const path = `/dashboard/scorecards/${id}`;
    const shown = (await page(path)).text;
    // Every button that publishes sends what is written.
    expect(shown).not.toContain("/publish");
    const written = fieldsOf(shown).set("s0.title", "The offer, as written now").set("do", "publish");
    const wrong = await post(path, [...new Map(written).set("pass", "a lot")]);
    expect(wrong.status).toBe(422);
    expect(await wrong.text()).toContain("The offer, as written now");
    const heavy = await post(path, [
      ...new Map(written).set("pass", "").set("s0.c2.weight", "a").set("s1.weight", "b"),
    ]);
    const named = [...(await heavy.text()).matchAll(/<a href="#[^"]+">([^<]+): [^<]+<\/a>/g)].map(([, label]) => label);
    expect(named).toEqual(["Pass mark, in percent", "Section 1 · Criterion 3 · Weight", "Section 2 · Weight"]);
    const read = async () => {
      const found = await readScorecard(db, { organizationId: organization.id, reach: FULL_REACH, id });
      return found.ok && [found.value.version, found.value.state, found.value.definition.sections[0]?.title];
    };
    expect(await read()).toEqual([1, "draft", "Offer"]);
    const stale = await post(path, [...new Map(written).set("seen", "of before")]);
    expect(stale.status).toBe(409);
    expect(await read()).toEqual([1, "draft", "Offer"]);
    expect((await post(path, [...written])).headers.get("location")).toBe(`${path}?done=published`);
    expect(await read()).toEqual([1, "published", "The offer, as written now"]);
  });

  it("are published and archived by a button, and a change begins the next version", async () => {
    const organization = await mintOrganization(db);
    const { id } = await mintScorecard(db, organization.id, { definition: RICH });
    const { page, post } = visit(organization);
    const path = `/dashboard/scorecards/${id}`;
    const draft = fieldsOf((await page(path)).text).set("do", "publish");
    expect((await post(path, [...draft])).headers.get("location")).toBe(`${path}?done=published`);
    expect((await post(path, [...draft])).status).toBe(409);
    const fields = fieldsOf((await page(path)).text);
    expect((await page(path)).text).not.toContain('value="publish"');
    expect((await post(path, [...fields.set("name", "Next")])).status).toBe(303);
    const next = (await page(path)).text;
    expect(next).toContain("Version 2");
    expect(next).toContain('value="publish"');
    expect((await post(`${path}/archive`)).status).toBe(303);
    expect((await page(path)).text).not.toContain(`action="${path}/archive"`);
  });

  it("of another organization look like nothing, and a reviewer reads without a form", async () => {
    const [own, other] = [await mintOrganization(db), await mintOrganization(db)];
    const theirs = await mintScorecard(db, other.id);
    const mine = await mintScorecard(db, own.id);
    const { page, post } = visit(own);
    expect((await page(`/dashboard/scorecards/${theirs.id}`)).status).toBe(404);
    for (const act of ["", "/archive"])
      expect((await post(`/dashboard/scorecards/${theirs.id}${act}`, { name: "x" })).status, act).toBe(404);
    const reviewer = visit(own, { role: "reviewer" });
    const read = await reviewer.page(`/dashboard/scorecards/${mine.id}`);
    expect(read.text).toContain("Gives their name");
    expect(read.text).not.toContain('name="seen"');
    expect((await reviewer.post(`/dashboard/scorecards/${mine.id}`, { name: "x" })).status).toBe(403);
    expect((await visit(own, { role: "operator" }).page("/dashboard/scorecards")).status).toBe(403);
  });

  it("take hostile names, keep to the budgets, and have no English in Spanish", async () => {
    const organization = await mintOrganization(db);
    const name = `${SCRIPT}${RIGHT_TO_LEFT}${LONG}`.slice(0, 200);
    const criteria = Array.from({ length: 100 }, (_, at) => ({
      id: `c${at}`,
      text: `${SCRIPT}${RIGHT_TO_LEFT}${at}`,
      ...(at === 0 ? { kind: "yes_no" } : { kind: "scale", max: 1_000 }),
      na_allowed: true,
    }));
    const definition = scorecardDefinition.parse({ sections: [{ id: "s", title: SCRIPT, criteria }] });
    const { id } = await mintScorecard(db, organization.id, { name, definition });
    await mintScorecard(db, organization.id, { definition: ONE_QUESTION });
    const { page } = visit(organization);
    for (const path of ["/dashboard/scorecards", `/dashboard/scorecards/${id}?try=yes&a.c0=yes`]) {
      const { text, status, trips } = await page(path, SPANISH);
      expect(status, path).toBe(200);
      expect(trips, path).toBeLessThanOrEqual(MOST_TRIPS);
      expectHarmless(text);
      expect(await gzipped(text), path).toBeLessThan(60_000);
      expect(text, path).not.toMatch(/>\s*(Scorecards|Weight|Criterion|Section|Publish|Archive|Save|Score)\b/);
    }
  });
});
