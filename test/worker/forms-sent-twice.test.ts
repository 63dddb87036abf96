import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { ANSWERED_BY_A_PAGE, DONE_AGAIN } from "./forms-sent-twice";
import { mintPageWorld, PAGE_CASES, sendForm } from "./writing-pages";

// Each form is sent as it was shown, and then once more, as a double click does, and as going back does.

describe("a form that is sent twice", () => {
  it.for(Object.entries(PAGE_CASES))("%s: makes nothing twice", async ([path, one], { expect }) => {
    const world = await mintPageWorld();
    await one.before?.(world);
    const fields = (await one.fields?.(world)) ?? {};
    const first = await sendForm(path, one, world, fields);
    const location = first.headers.get("location");
    await first.text();
    // A page that was sent is not to be loaded again: it leads on to one that can be.
    expect([first.status, location !== null]).toEqual(path in ANSWERED_BY_A_PAGE ? [200, false] : [303, true]);
    const rows = await rowsOf(world.organization.id);
    const second = await sendForm(path, one, world, fields);
    await second.text();
    expect(second.status).toBeLessThan(500);
    const grown = [...(await rowsOf(world.organization.id))].filter(([table, count]) => count > (rows.get(table) ?? 0));
    if (path in DONE_AGAIN) expect(grown).not.toEqual([]);
    else expect(grown).toEqual([]);
    // What was made is shown again, not called taken.
    const pathOf = (to: string | null | undefined) => to?.split("?")[0];
    // The way to what was made, or, where the first showed a secret, that again or the way to it.
    if (("once" in fields || "form" in fields) && location !== null)
      expect([second.status, pathOf(second.headers.get("location"))]).toEqual([first.status, pathOf(location)]);
    else if ("once" in fields) expect([200, 303]).toContain(second.status);
  });
});

/**
 * How many rows of an organization each table has, but for those that say that something was asked: an object writes these down some
 * seconds after. Tables without an organization are counted whole.
 */
async function rowsOf(organizationId: string): Promise<Map<string, number>> {
  const found = await env.DB.prepare(
    `SELECT tables.name, EXISTS (SELECT 1 FROM pragma_table_info(tables.name) WHERE name = 'organization_id') AS owned
      FROM sqlite_master AS tables WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_cf%' ESCAPE '\\'
      AND name NOT IN ('audit_log', 'd1_migrations', 'source_counts')`,
  ).all<{ name: string; owned: number }>();
  const counted = await env.DB.batch<{ count: number }>(
    found.results.map(({ name, owned }) =>
      owned === 1
        ? env.DB.prepare(`SELECT count(*) AS count FROM "${name}" WHERE organization_id = ?`).bind(organizationId)
        : env.DB.prepare(`SELECT count(*) AS count FROM "${name}"`),
    ),
  );
  return new Map(found.results.map(({ name }, at) => [name, counted[at]?.results[0]?.count ?? 0]));
}
