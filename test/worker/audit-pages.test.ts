import { describe, it, vi } from "vitest";
import { openDatabase } from "../../src/db/client";
import { auditedRows, entriesOf, failingBinding } from "./audit-walk";
import { formPaths, mintPageWorld, NOTHING_AUDITED, PAGE_CASES, pagesOf, sendForm } from "./writing-pages";

// Every form of the pages is sent once. What it changed in an audited table is compared with the log.

describe("the audit log of the pages", () => {
  it("is tried with every form", ({ expect }) => {
    expect([...Object.keys(PAGE_CASES), ...NOTHING_AUDITED].toSorted()).toEqual(formPaths());
  });

  it.for(Object.entries(PAGE_CASES))(
    "%s: each changed row has its entry, by its person",
    async ([path, one], { expect }) => {
      const world = await mintPageWorld();
      const { id } = world.organization;
      await one.before?.(world);
      const fields = (await one.fields?.(world)) ?? {};
      const [rows, known] = [await auditedRows(id), await entriesOf(id)];
      const answer = await sendForm(path, one, world, fields);
      const text = await answer.text();
      expect([answer.status < 400, text.slice(0, 2_000)]).toEqual([true, text.slice(0, 2_000)]);
      const now = await auditedRows(id);
      const changed = [...new Set([...rows.keys(), ...now.keys()])]
        .filter((row) => rows.get(row) !== now.get(row))
        .map((row) => row.split(" ").slice(0, 2).join(" "))
        .filter((row) => row !== one.leaves?.(world));
      const made = (await entriesOf(id)).filter((entry) => !known.some((other) => other.id === entry.id));
      const acts = made.filter(({ action }) => one.acts?.includes(action));
      const ofRows = made.filter((entry) => !acts.includes(entry));
      expect(new Set(ofRows.map((entry) => `${entry.resource_type} ${entry.resource_id}`))).toEqual(new Set(changed));
      expect(acts.map(({ action }) => action).toSorted()).toEqual((one.acts ?? []).toSorted());
      expect(made.length).toBeGreaterThan(0);
      for (const entry of made) {
        expect(entry).toMatchObject({ actor: world.owner.userId, address: "203.0.113.7" });
        expect(entry.request_id).toBe(answer.headers.get("x-request-id"));
        expect(entry.whole).not.toMatch(/hush-hush|correct horse|tk_\w{40}/);
      }
    },
  );

  it.for(Object.entries(PAGE_CASES))(
    "%s: where the write fails there is neither change nor entry",
    async ([path, one], { expect }) => {
      const world = await mintPageWorld();
      const { id } = world.organization;
      await one.before?.(world);
      const fields = (await one.fields?.(world)) ?? {};
      const pages = pagesOf(world, world.owner, { db: openDatabase(failingBinding()) });
      const [rows, known] = [await auditedRows(id), await entriesOf(id)];
      // The failure of each form would fill the log.
      const logged = vi.spyOn(console, "error").mockImplementation(() => {});
      const answer = await sendForm(path, one, { ...world, pages }, fields);
      logged.mockRestore();
      expect(await auditedRows(id)).toEqual(rows);
      const made = (await entriesOf(id)).filter((entry) => !known.some((other) => other.id === entry.id));
      // What is asked of an endpoint's object or a queue is recorded before it is passed on.
      expect(made.filter(({ action }) => !one.acts?.includes(action))).toEqual([]);
      if (!one.acts) expect(answer.status).toBeGreaterThanOrEqual(500);
    },
  );
});
