import { env } from "cloudflare:workers";
import { desc, eq } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import { workOnJob } from "../../src/bulk";
import { calls, jobs } from "../../src/db/schema";
import { keepSearch, readSearchState, sweepSearch } from "../../src/search";
import { mintCall, mintMember, mintOrganization, mintTask, mintTeam, NOON, openDatabase } from "../factories";
import { DAY } from "../../src/lib/time";
import { apiClient, fieldsOf } from "./api/client";
import { MOST_TRIPS, visit } from "./visiting";

const db = openDatabase(env.DB);
const search = { db, search: env.SEARCH, random: () => 0.5, now: () => NOON };

type Place = Awaited<ReturnType<typeof place>>;

/** Three calls of a team among others, the newest of none; all of them are in the index. */
async function place() {
  const organization = await mintOrganization(db);
  const { id } = organization;
  const team = await mintTeam(db, id);
  const other = await mintTeam(db, id);
  const made: string[] = [];
  for (let at = 0; at < 6; at += 1) {
    const call = await mintCall(db, id, { startedAt: NOON - at * 1000, tags: ["zeppelin"] });
    await mintTask(db, call, `rec_${at}`, { teamId: at % 2 === 1 ? team.id : at === 2 ? other.id : null });
    made.push(call.id);
  }
  await keepSearch(search, made);
  const { userId } = await mintMember(db, id, { role: "admin" });
  const theirs = made.filter((_, at) => at % 2 === 1);
  return { organization, team, made, theirs, userId, pages: visit(organization, { userId }) };
}

describe("the calls of a team", () => {
  let here: Place;
  beforeEach(async () => {
    here = await place();
  });

  it("are found by the index too, page by page, with and without words, and never by another organization", async () => {
    const { organization, team, theirs, made } = here;
    const find = async (query: string, key = organization.key) =>
      (await apiClient().get(`/v1/search?team_id=${team.id}&${query}`, { key })).body;
    for (const query of ["", "q=zeppelin", "q=zeppelin&direction=inbound&tag=zeppelin"]) {
      const { data } = await find(query);
      expect(
        data.map(({ id }: { id: string }) => id),
        query,
      ).toEqual(theirs);
    }
    expect((await find("q=balloon")).data).toEqual([]);
    // A page has what is theirs among the calls that the index finds for it; no page is the last while there are more.
    const seen: string[] = [];
    let cursor = "";
    for (let page = 0; page < made.length && cursor !== "end"; page += 1) {
      const { data, next_cursor: next } = await find(`limit=2${cursor && `&cursor=${cursor}`}`);
      expect(data.length).toBeLessThanOrEqual(2);
      seen.push(...data.map(({ id }: { id: string }) => id));
      cursor = next ?? "end";
    }
    expect([cursor, seen]).toEqual(["end", theirs]);
    expect((await find("", (await mintOrganization(db)).key)).data).toEqual([]);
    const tooLong = await apiClient().get(`/v1/search?team_id=${"t".repeat(201)}`, { key: organization.key });
    expect(fieldsOf(tooLong)).toEqual(["team_id"]);
  });

  it("are the rows of the file, also of those that words find", async () => {
    const { pages, team, made, theirs } = here;
    // Words are looked for in the index once it has every call.
    while ((await readSearchState(search)).state !== "ready") await sweepSearch(search);
    for (const query of [`team=${team.id}`, `team=${team.id}&q=zeppelin`]) {
      const { text, trips, status } = await pages.page(`/dashboard/calls?${query}`);
      expect([status, trips <= MOST_TRIPS]).toEqual([200, true]);
      expect(text).toMatch(new RegExp(`href="/dashboard/calls\\.csv\\?[^"]*team=${team.id}`));
      const file = await pages.page(`/dashboard/calls.csv?${query}`);
      expect(
        made.filter((id) => file.text.includes(id)),
        query,
      ).toEqual(theirs);
    }
  });

  it("are what a saved view shows", async () => {
    const { pages, team, made, theirs } = here;
    const { text } = await pages.page(`/dashboard/calls?team=${team.id}&direction=inbound`);
    const form = /name="form" value="(view_\w{26})"/.exec(text)?.[1] ?? "";
    const query = (/name="query" value="([^"]*)"/.exec(text)?.[1] ?? "").replaceAll("&amp;", "&");
    expect(query).toContain(`team=${team.id}`);
    const saved = await pages.post("/dashboard/calls/views", { form, query, name: "Theirs", first: "true" });
    expect(saved.headers.get("location")).toBe(`/dashboard/calls?${query}`);
    expect((await pages.ask("/dashboard/calls")).headers.get("location")).toBe(`/dashboard/calls?${query}`);
    const shown = await pages.page(`/dashboard/calls?${query}`);
    expect(made.filter((id) => shown.text.includes(`/dashboard/calls/${id}"`))).toEqual(theirs);
  });

  it("are all that match, and nothing is done to others", async () => {
    const { organization, pages, team, made, theirs } = here;
    const { text } = await pages.page(`/dashboard/calls/bulk?team=${team.id}`);
    expect(text).toContain("Change 3 calls");
    const part = text.split("<form").find((one) => one.includes('name="action" value="tag"')) ?? "";
    const fields = Object.fromEntries(
      [...part.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)].map(([, name = "", value = ""]) => [
        name,
        value.replaceAll("&amp;", "&"),
      ]),
    );
    expect(fields["filters"]).toBe(`team=${team.id}`);
    const begun = await pages.post("/dashboard/calls/bulk", { ...fields, action: "tag", tags: "theirs" });
    expect(begun.status).toBe(303);
    const job = await db
      .select()
      .from(jobs)
      .where(eq(jobs.organizationId, organization.id))
      .orderBy(desc(jobs.createdAt))
      .get();
    // By a name that a Worker of before does not know: it would leave the team out, and act on every call.
    expect(job?.selection).toMatchObject({ ofTeam: { teamId: team.id } });
    await workOnJob(
      { ...apiClient().deps, now: () => NOON + DAY },
      { organizationId: organization.id, jobId: job?.id ?? "" },
    );
    const done = await db
      .select()
      .from(jobs)
      .where(eq(jobs.id, job?.id ?? ""))
      .get();
    expect(done).toMatchObject({ state: "completed", reason: null });
    const rows = await db.select().from(calls).where(eq(calls.organizationId, organization.id));
    const tagged = rows.filter(({ tags }) => tags.includes("theirs")).map(({ id }) => id);
    expect(tagged.toSorted()).toEqual(theirs.toSorted());
    expect(made).toHaveLength(6);
  });
});
