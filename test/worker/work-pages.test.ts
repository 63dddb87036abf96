import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { mintCall, mintOperator, mintOrganization, mintTask, openDatabase } from "../factories";
import { expectHarmless, MOST_TRIPS, SCRIPT, visit } from "./visiting";

const db = openDatabase(env.DB);
const SPANISH = { cookie: "trunkline_language=es" };

describe("operators", () => {
  it("are listed, renamed, merged after a question, and separated by Undo", async () => {
    const organization = await mintOrganization(db);
    const one = await mintOperator(db, organization.id, "Zoë Núñez");
    const other = await mintOperator(db, organization.id, SCRIPT);
    const { page, post } = visit(organization);
    const list = await page("/dashboard/operators");
    expect(list.text.match(/data-href/g)).toHaveLength(2);
    expect(list.trips).toBeLessThanOrEqual(MOST_TRIPS);
    expectHarmless(list.text);
    const base = `/dashboard/operators/${other.id}`;
    expect((await post(`${base}/name`, { name: " " })).status).toBe(422);
    const [, seen = ""] = /name="seen" value="(\w+)"/.exec((await page(base)).text) ?? [];
    expect((await post(`${base}/name`, { name: "Zoe N.", seen })).status).toBe(303);
    expect((await page(`${base}?q=nunez`)).text).toContain(`<option value="${one.id}"`);
    expect((await page(`${base}/merge?into=${one.id}`)).text).toContain("All calls of operator Zoe N.");
    const merged = await post(`${base}/merge`, { into: one.id });
    expect((await page(merged.headers.get("location") ?? "")).text).toContain(`action="${base}/unmerge"`);
    expect((await page("/dashboard/operators")).text.match(/data-href/g)).toHaveLength(1);
    expect((await page("/dashboard/operators?show=merged")).text).toContain(other.id);
    expect((await post(`${base}/unmerge`)).status).toBe(303);
    expect((await page("/dashboard/operators")).text.match(/data-href/g)).toHaveLength(2);
  });

  it("of another organization look like none, and a viewer changes nothing", async () => {
    const [own, foreign] = [await mintOrganization(db), await mintOrganization(db)];
    const stranger = await mintOperator(db, foreign.id, "Foreign");
    const mine = await mintOperator(db, own.id);
    const { page, post } = visit(own);
    expect((await page("/dashboard/operators")).text).not.toContain(stranger.id);
    for (const path of [
      `/dashboard/operators/${stranger.id}`,
      `/dashboard/operators/${mine.id}/merge?into=${stranger.id}`,
    ])
      expect((await page(path)).status, path).toBe(404);
    expect((await post(`/dashboard/operators/${stranger.id}/name`, { name: "x" })).status).toBe(404);
    expect((await post(`/dashboard/operators/${mine.id}/merge`, { into: stranger.id })).status).toBe(409);
    const viewer = visit(own, { role: "viewer" });
    expect((await viewer.post(`/dashboard/operators/${mine.id}/name`, { name: "x" })).status).toBe(403);
    expect((await viewer.page(`/dashboard/operators/${mine.id}`, SPANISH)).text).not.toMatch(/Rename|Merge|Since/);
  });
});

describe("tasks", () => {
  it("lead to their calls, by state, and only those of the organization", async () => {
    const [own, foreign] = [await mintOrganization(db), await mintOrganization(db)];
    const { page } = visit(own);
    expect((await page("/dashboard/tasks")).text).toContain("No tasks yet");
    const call = await mintCall(db, own.id, { operatorName: SCRIPT });
    await mintTask(db, call, "rec_1");
    const stranger = await mintCall(db, foreign.id);
    await mintTask(db, stranger, "rec_2");
    const list = await page("/dashboard/tasks");
    expect(list.text).toContain(`data-href="/dashboard/calls/${call.id}?tab=scorecard"`);
    expect(list.text).not.toContain(stranger.id);
    expect(list.trips).toBeLessThanOrEqual(MOST_TRIPS);
    expectHarmless(list.text);
    expect((await page("/dashboard/tasks?state=completed")).text).toContain("No task is like this");
    expect((await page("/dashboard/tasks", SPANISH)).text).not.toMatch(/>\s*(Tasks|Open|Done|State)\s*</);
    expect((await visit(own, { role: "developer" }).page("/dashboard/tasks")).status).toBe(403);
  });
});
