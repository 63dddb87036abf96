import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { users } from "../../../src/db/schema";
import {
  addMember,
  browserNamed,
  changePassword,
  countAttempt,
  countedFor,
  forgetBrowser,
  hashPassword,
  listBrowsers,
  mailPasswordReset,
  rememberBrowser,
  REMEMBERED_FOR,
  resetPassword,
  signInByPassword,
} from "../../../src/identity";
import { newId } from "../../../src/lib/id";
import { ACT_AT_NOON, mintOrganization, NOON, openDatabase, TEST_MASTER_KEYS } from "../../factories";

const deps = { db: openDatabase(env.DB), masterKeys: TEST_MASTER_KEYS };
const HOME = { id: "calls.example.com", origin: "https://calls.example.com" };
const PLACE = { address: "203.0.113.7", userAgent: "a browser" };
const PASSWORD = "correct horse battery staple";
const HASH = hashPassword(PASSWORD);

async function newPerson() {
  const { id: organizationId } = await mintOrganization(deps.db);
  const email = `${newId("ana", NOON)}@acme.example`;
  const added = await addMember(deps, { organizationId, email, name: "Ana", role: "owner" }, ACT_AT_NOON);
  if (!added.ok) throw new Error("the member was not added");
  await deps.db
    .update(users)
    .set({ passwordHash: await HASH })
    .where(eq(users.id, added.value.id));
  return { email, userId: added.value.id };
}

/** Strangers all over the world try passwords until the account takes no more. */
async function exhaust(email: string, now = NOON) {
  for (let tries = 0; tries < 101; tries += 1)
    await countAttempt(deps.db, countedFor("password", email, `198.51.${tries}.1`), now);
}

const signIn = (email: string, browser?: string, password = PASSWORD, now = NOON) =>
  signInByPassword(deps, { email, password, ...(browser !== undefined && { browser }) }, HOME, PLACE, now);

describe("a remembered browser", () => {
  it("signs in after strangers have used up every try of the account", async () => {
    const { email, userId } = await newPerson();
    const browser = await rememberBrowser(deps, { userId, place: PLACE }, NOON);
    await exhaust(email);
    expect(await signIn(email)).toMatchObject({ error: { kind: "too_many" } });
    expect(await signIn(email, browser)).toMatchObject({ ok: true });
    expect(await signIn(email, browser, "wrong")).toMatchObject({ error: { kind: "unauthenticated" } });
  });

  it("signs in after neighbours at the same address have used up theirs", async () => {
    const { email, userId } = await newPerson();
    const browser = await rememberBrowser(deps, { userId, place: PLACE }, NOON);
    for (let tries = 0; tries < 11; tries += 1)
      await countAttempt(deps.db, countedFor("password", email, PLACE.address), NOON);
    expect(await signIn(email)).toMatchObject({ error: { kind: "too_many" } });
    expect(await signIn(email, browser)).toMatchObject({ ok: true });
  });

  it("has ten wrong tries of its own", async () => {
    const { email, userId } = await newPerson();
    const browser = await rememberBrowser(deps, { userId, place: PLACE }, NOON);
    const kinds = [];
    for (let tries = 0; tries < 11; tries += 1) {
      const tried = await signIn(email, browser, "wrong");
      kinds.push(tried.ok ? "in" : tried.error.kind);
    }
    expect(kinds).toEqual([...Array.from({ length: 10 }, () => "unauthenticated"), "too_many"]);
    const other = await rememberBrowser(deps, { userId, place: PLACE }, NOON);
    expect(await signIn(email, other)).toMatchObject({ ok: true });
  });

  it("is nothing when it is forged, of another account, or over", async () => {
    const [{ email, userId }, stranger] = [await newPerson(), await newPerson()];
    await exhaust(email);
    const good = await rememberBrowser(deps, { userId, place: PLACE }, NOON);
    const foreign = await rememberBrowser(deps, { userId: stranger.userId, place: PLACE }, NOON);
    const [, until, id, signature] = good.split(".");
    const forged = [
      foreign,
      foreign.replace(stranger.userId, userId),
      [userId, Number(until) + 1, id, signature].join("."),
      [userId, until, "AAAAAAAAAAAAAAAA", signature].join("."),
      [userId, until, id, "A".repeat(43)].join("."),
      `${good}.`,
      "",
      "x".repeat(4_000),
    ];
    for (const browser of forged)
      expect(await signIn(email, browser), browser.slice(0, 80)).toMatchObject({ error: { kind: "too_many" } });
    const later = NOON + REMEMBERED_FOR;
    await exhaust(email, later);
    expect(await signIn(email, good, PASSWORD, later)).toMatchObject({ error: { kind: "too_many" } });
    expect(await signIn(email, good, PASSWORD, later - 1_000)).toMatchObject({ ok: true });
  });

  it("is forgotten when the password is changed, and when it is reset", async () => {
    const { email, userId } = await newPerson();
    const first = await rememberBrowser(deps, { userId, place: PLACE }, NOON);
    const change = { userId, present: PASSWORD, next: "another password", sessionHash: "", address: null };
    expect(await changePassword(deps, change, ACT_AT_NOON)).toMatchObject({ ok: true });
    await exhaust(email);
    expect(await signIn(email, first, "another password")).toMatchObject({ error: { kind: "too_many" } });
    const second = await rememberBrowser(deps, { userId, place: PLACE }, NOON);
    expect(await signIn(email, second, "another password")).toMatchObject({ ok: true });
    let token = "";
    const send = async ({ link }: { link: string }) => void (token = link.split("/").at(-1) ?? "");
    await mailPasswordReset({ db: deps.db, publicUrl: HOME.origin, send }, email, NOON);
    await resetPassword(deps, { token, password: "a third password", address: null }, NOON);
    expect(await signIn(email, second, "a third password")).toMatchObject({ error: { kind: "too_many" } });
  });

  it("stays known when the master key gets a newer version", async () => {
    const { email, userId } = await newPerson();
    const browser = await rememberBrowser(deps, { userId, place: PLACE }, NOON);
    await exhaust(email);
    const newer = { ...deps, masterKeys: new Map([...TEST_MASTER_KEYS, [9, new Uint8Array(32).fill(9)]]) };
    const input = { email, password: PASSWORD, browser };
    expect(await signInByPassword(newer, input, HOME, PLACE, NOON)).toMatchObject({ ok: true });
    const gone = { ...deps, masterKeys: new Map([[9, new Uint8Array(32).fill(9)]]) };
    expect(await signInByPassword(gone, input, HOME, PLACE, NOON)).toMatchObject({ error: { kind: "too_many" } });
  });

  it("keeps its name from sign-in to sign-in, and is one of the list of its person", async () => {
    const { userId } = await newPerson();
    const first = await rememberBrowser(deps, { userId, place: PLACE }, NOON);
    const later = { address: "198.51.100.1", userAgent: "the same, renewed" };
    const second = await rememberBrowser(deps, { userId, place: later, browser: first }, NOON + 1_000);
    expect(browserNamed(second)).toBe(browserNamed(first));
    await rememberBrowser(deps, { userId, place: PLACE }, NOON);
    const listed = await listBrowsers(deps.db, userId, NOON + 1_000);
    expect(listed).toMatchObject([
      { id: browserNamed(first), createdAt: NOON, lastUsedAt: NOON + 1_000, ...later },
      { createdAt: NOON, lastUsedAt: NOON, ...PLACE },
    ]);
    expect(await listBrowsers(deps.db, userId, NOON + 1_000 + REMEMBERED_FOR)).toEqual([]);
  });

  it("is a stranger's once its person had it forgotten, and nobody else can do that", async () => {
    const [{ email, userId }, stranger] = [await newPerson(), await newPerson()];
    const browser = await rememberBrowser(deps, { userId, place: PLACE }, NOON);
    await exhaust(email);
    const id = browserNamed(browser) ?? "";
    expect(await forgetBrowser(deps, { userId: stranger.userId, id })).toMatchObject({ error: { kind: "not_found" } });
    expect(await signIn(email, browser)).toMatchObject({ ok: true });
    expect(await forgetBrowser(deps, { userId, id })).toMatchObject({ ok: true });
    expect(await signIn(email, browser)).toMatchObject({ error: { kind: "too_many" } });
    const renewed = await rememberBrowser(deps, { userId, place: PLACE, browser }, NOON);
    expect(browserNamed(renewed)).not.toBe(id);
  });

  it("goes first when a person has too many, where it was used longest ago", async () => {
    const { userId } = await newPerson();
    const oldest = await rememberBrowser(deps, { userId, place: PLACE }, NOON);
    for (let count = 1; count <= 50; count += 1) await rememberBrowser(deps, { userId, place: PLACE }, NOON + count);
    const ids = (await listBrowsers(deps.db, userId, NOON + 50)).map(({ id }) => id);
    expect(ids).toHaveLength(50);
    expect(ids).not.toContain(browserNamed(oldest));
  });
});
