import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { PERMISSIONS, ROLES, permissionsOf, type RoleName } from "../../src/identity";
import { mintOrganization, NOON, openDatabase } from "../factories";
import { mintSession } from "../sign-in";
import { visit } from "./visiting";

const db = openDatabase(env.DB);

describe("settings", () => {
  it("lead to their first page that the person may open", async () => {
    const organization = await mintOrganization(db);
    const { userId } = await mintSession(db, { organizationId: organization.id, role: "viewer", now: NOON });
    const person = visit(organization, { role: "viewer", userId });
    const answer = await person.ask("/dashboard/settings");
    expect(answer.status).toBe(303);
    const { status } = await person.page(answer.headers.get("location") ?? "");
    expect(status).toBe(200);
  });

  it("show what each role may do, as the table of permissions has it", async () => {
    const organization = await mintOrganization(db);
    const { text, trips } = await visit(organization, { role: "viewer" }).page("/dashboard/settings/roles");
    expect(trips).toBeLessThanOrEqual(1);
    const matrix = /<table class="matrix">.*?<\/table>/s.exec(text)?.[0] ?? "";
    const rows = [...matrix.matchAll(/<th scope="row">(.*?)<\/th>(.*?)<\/tr>/g)].map(([, , cells = ""]) =>
      [...cells.matchAll(/for-screen-readers">(yes|no)</g)].map(([, mark]) => mark),
    );
    const all = Object.keys(PERMISSIONS);
    expect(rows).toHaveLength(all.length);
    const names = Object.keys(ROLES) as RoleName[];
    for (const [column, name] of names.entries()) {
      const { scopes } = ROLES[name];
      const allowed: readonly string[] = scopes === null ? all : permissionsOf(scopes);
      expect(rows.map((marks) => marks[column])).toEqual(all.map((one) => (allowed.includes(one) ? "yes" : "no")));
    }
  });
});
