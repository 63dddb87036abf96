import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { sourceCounts } from "../../src/db/schema";
import { MINUTE } from "../../src/lib/time";
import { mintCall, mintOrganization, mintSource, NOON, openDatabase } from "../factories";
import { visit } from "./visiting";

const db = openDatabase(env.DB);
const ATTENTION = /class="status attention"[^>]*><span class="dot"[^>]*><\/span>Needs attention/;

describe("a source that took four notices and turned three away", () => {
  it("needs somebody on every page that shows it, in the same words", async () => {
    const organization = await mintOrganization(db);
    const source = await mintSource(db, organization.id, { name: "Anura central" });
    const of = { organizationId: organization.id, sourceId: source.id, sourceKind: source.kind, hour: NOON };
    await db.insert(sourceCounts).values([
      { ...of, outcome: "accepted", reason: "", requests: 4, lastAt: NOON + 9 * MINUTE },
      { ...of, outcome: "refused", reason: "missing_fields", requests: 3, lastAt: NOON + 8 * MINUTE },
    ]);
    const pages = visit(organization);
    const said = "What Anura central sends is turned away: 3 requests since the hour that began";
    const own = `/dashboard/sources/${source.id}`;
    for (const path of ["/dashboard", "/dashboard/sources", own, "/dashboard/settings/integrations"]) {
      const { text } = await pages.page(path);
      expect(text, path).toMatch(ATTENTION);
      expect(text, path).toContain(said);
      expect(text, path).not.toContain("(missing_fields)");
    }
    expect((await pages.page("/dashboard")).text).toContain("One thing needs you.");
    expect((await pages.page("/dashboard/sources")).text).toContain("1 of 1 need attention.");
    expect((await pages.page("/dashboard/settings/integrations")).text).toContain("Integrations that need someone: 1.");
  });
});

describe("calls without a campaign", () => {
  it.each([
    ["owner", true],
    ["reviewer", false],
    ["viewer", false],
  ] as const)("are put before who can choose one: %s", async (role, isTold) => {
    const organization = await mintOrganization(db);
    await mintCall(db, organization.id, { quarantine: "no_campaign", sourceKind: "anura" });
    const { text } = await visit(organization, { role }).page("/dashboard");
    expect(text.includes("1 unassigned call")).toBe(isTold);
    expect(text.includes("Nothing needs you.")).toBe(!isTold);
    if (isTold) expect(text).toContain("Anura; ");
  });
});
