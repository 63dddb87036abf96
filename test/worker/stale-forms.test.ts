import { eq } from "drizzle-orm";
import { describe, it } from "vitest";
import { organizations } from "../../src/db/schema";
import { db } from "./api/client";
import { formsIn, plain } from "./forms-in";
import { EDITS, NOT_EDITS, type Edit } from "./stale-forms";
import { addressOf, formPaths, mintPageWorld, NOTHING_AUDITED, PAGE_CASES, type PageWorld } from "./writing-pages";
import { CSRF } from "./visiting";

// Each form of something that several people edit is opened, somebody else saves it first, and then it is sent.

describe("a form that someone else has saved meanwhile", () => {
  it("is tried, or is known to need no trial", ({ expect }) => {
    const known = [...Object.keys(EDITS), ...Object.keys(NOT_EDITS), ...NOTHING_AUDITED];
    expect(known.toSorted()).toEqual(formPaths());
  });

  it.for(Object.entries(EDITS))("%s: shows both versions, and loses neither", async ([path, edit], { expect }) => {
    const form = await opened(path, edit);
    const { theirs, mine } = edit;
    const stale = await form.page();
    expect((await form.send(form.with(stale, theirs))).status).toBe(edit.first ?? 303);
    const saved = await form.value();
    if (!edit.adds && !edit.facts) expect(saved).not.toEqual(form.valueIn(stale));
    const refused = await form.send(form.with(stale, mine));
    const text = await refused.text();
    expect(refused.status, plain(text.replaceAll(/<[^>]*>/g, " ")).slice(0, 1_000)).toBe(409);
    // Both are named, what was entered is still in the form, and what is stored is what the other one saved.
    const [storedNow, entered] = edit.shown ?? [theirs, mine];
    const rows = cellsIn(text);
    const isBoth = ([one = "", other = ""]: string[]) => one.includes(storedNow) && other.includes(entered);
    expect([rows, rows.some(isBoth)]).toEqual([rows, true]);
    const again = form.in(text);
    if (!edit.adds) expect(form.valueIn(again)).toEqual([mine]);
    expect(await form.value()).toEqual(saved);
    // Saved again, it is what the person wanted.
    expect((await form.send(form.with(again, mine))).status).toBe(303);
    expect(await form.value()).not.toEqual(saved);
  });

  it.for(Object.entries(EDITS))("%s: says so also where both entered the same", async ([path, edit], { expect }) => {
    const form = await opened(path, edit);
    const stale = await form.page();
    await form.send(form.with(stale, edit.theirs));
    const saved = await form.value();
    const same = await form.send(form.with(stale, edit.theirs));
    if (same.status !== 303) {
      expect(same.status).toBe(409);
      expect(cellsIn(await same.text()).length).toBeGreaterThan(0);
    }
    expect(await form.value()).toEqual(saved);
  });

  it.for(Object.entries(EDITS).filter(([, { wrong }]) => wrong !== undefined))(
    "%s: shows both also to whom had something wrong first",
    async ([path, edit], { expect }) => {
      const form = await opened(path, edit);
      const stale = await form.page();
      expect((await form.send(form.with(stale, edit.theirs))).status).toBe(edit.first ?? 303);
      const saved = await form.value();
      const corrected = await form.send(form.with(stale, edit.wrong ?? ""));
      expect(corrected.status).toBeGreaterThanOrEqual(400);
      const next = await form.send(form.with(form.in(await corrected.text()), edit.mine));
      // Where both were shown with what was wrong, it may replace them now.
      const seen = corrected.status === 409 ? 303 : 409;
      expect(next.status).toBe(seen);
      if (seen === 409) expect(await form.value()).toEqual(saved);
    },
  );
});

type Fields = [string, string][];

/** A form of a new world, and how it is opened, read and sent. */
async function opened(path: string, edit: Edit) {
  const world = await mintPageWorld();
  const one = PAGE_CASES[path] ?? {};
  await one.before?.(world);
  const action = `/dashboard${await addressOf(path, one, world)}`;
  const at = edit.at === undefined ? action : `/dashboard${await addressOf(edit.at, { ...one }, world)}`;
  const isField = ([name]: [string, string]) => name === edit.field;
  const inPage = (html: string): Fields => {
    const found = formsIn(html, at).find((form) => form.action === action && form.method === "post");
    if (!found) throw new Error(`no form of ${action} on ${at}: ${html.slice(0, 2_000)}`);
    return found.fields;
  };
  const page = async () => inPage(await read(world, at));
  return {
    page,
    in: inPage,
    valueIn: (fields: Fields) => fields.filter(isField).map(([, value]) => value),
    /** What the thing is now, as its page shows it. */
    value: async () =>
      edit.adds || edit.facts
        ? [plain(await read(world, at)).replaceAll(/<form[\s\S]*?<\/form>/g, "")]
        : (await page()).filter(isField).map(([, value]) => value),
    with: (fields: Fields, value: string): Fields => [
      ...fields.filter(([name]) => name !== edit.field && !(name in (edit.also ?? {}))),
      ...Object.entries(edit.also ?? {}),
      [edit.field, value],
    ],
    send: (fields: Fields) => {
      const body = new URLSearchParams([["csrf", CSRF], ...fields.filter(([name]) => name !== "csrf")]);
      return world.pages.ask(action, { method: "POST", body, headers: { "cf-connecting-ip": "203.0.113.7" } });
    },
  };
}

async function read(world: PageWorld, address: string): Promise<string> {
  // Who visits is read anew with each page.
  const known = await db.select().from(organizations).where(eq(organizations.id, world.organization.id)).get();
  Object.assign(world.organization, { naming: known?.naming });
  return (await world.pages.page(address)).text;
}

/** What the table of both versions has, line by line. */
function cellsIn(html: string): string[][] {
  const [, table = ""] = /role="alert"[\s\S]*?<tbody>([\s\S]*?)<\/tbody>/.exec(html) ?? [];
  return [...table.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map(([, row = ""]) =>
    [...row.matchAll(/<td[^>]*>([\s\S]*?)<\/td>/g)].map(([, cell = ""]) => plain(cell)),
  );
}
