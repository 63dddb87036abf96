import { describe, expect, it, vi } from "vitest";
import { and, eq } from "drizzle-orm";
import { sessions, users } from "../../../src/db/schema";
import { isResetOpen } from "../../../src/identity";
import { isPassword } from "../../../src/identity/people/password";
import { spendResetLink } from "../../../src/identity/people/passwords";
import { mintOrganization, NOON } from "../../factories";
import { mintSession } from "../../sign-in";
import { apiClient, db } from "./client";

const NEXT = "another horse battery";

function deployment() {
  const letters: { email: string; locale: string | null; link: string; asked: string | undefined }[] = [];
  const api = apiClient({
    sendResetLink: async (letter, asked) => void letters.push({ ...letter, asked }),
  });
  const tokenFor = async (email: string) => {
    await api.post("/v1/password-resets", { body: { email } });
    return vi.waitFor(() => {
      const link = letters.findLast((letter) => letter.email === email)?.link;
      if (link === undefined) throw new Error("no letter yet");
      return link.split("/").at(-1) ?? "";
    });
  };
  return { api, letters, tokenFor };
}

async function newPerson() {
  const { id: organizationId } = await mintOrganization(db);
  return mintSession(db, { organizationId, now: NOON });
}

describe("/v1/password-resets", () => {
  it("mails a link of PUBLIC_URL, and answers the same for an address that nobody has", async () => {
    const { api, letters, tokenFor } = deployment();
    const { email } = await newPerson();
    await db.update(users).set({ locale: "es" }).where(eq(users.email, email));
    const known = await api.post("/v1/password-resets", {
      body: { email: ` ${email.toUpperCase()}` },
      headers: { "accept-language": "en" },
    });
    const unknown = await api.post("/v1/password-resets", { body: { email: "nobody-at-all@acme.example" } });
    expect([known.status, known.body]).toEqual([202, unknown.body]);
    expect(unknown.status).toBe(202);
    const token = await tokenFor(email);
    expect(letters[0]).toMatchObject({ email, locale: "es", asked: "en" });
    expect(letters[0]?.link).toMatch(/^https:\/\/trunkline\.test\/reset-password\/[\w-]{43}$/);
    expect(letters.every((letter) => letter.email === email)).toBe(true);
    expect(await isResetOpen(db, token, NOON)).toBe(true);
    expect((await api.post("/v1/password-resets", { body: { email: "no address" } })).status).toBe(422);
  });

  it("replaces the password once, ends all sessions, and says nothing of unknown links", async () => {
    const { api, tokenFor } = deployment();
    const { email, userId } = await newPerson();
    const token = await tokenFor(email);
    const complete = (body: object) => api.post("/v1/password-resets/complete", { body });
    expect((await complete({ token, password: "short" })).status).toBe(422);
    const tries = await Promise.all([complete({ token, password: NEXT }), complete({ token, password: NEXT })]);
    expect(tries.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([204, 404]);
    const [user] = await db.select().from(users).where(eq(users.id, userId));
    expect(await isPassword(NEXT, user?.passwordHash ?? null)).toBe(true);
    expect(
      await db
        .select()
        .from(sessions)
        .where(and(eq(sessions.userId, userId))),
    ).toEqual([]);
    for (const unknown of [token, "made-up", ""])
      expect((await complete({ token: unknown, password: NEXT })).status).toBe(404);
  });

  it("is spent once, however many use it at the same time", async () => {
    const { tokenFor } = deployment();
    const { email, userId } = await newPerson();
    const token = await tokenFor(email);
    const tries = await Promise.all(
      Array.from({ length: 50 }, async (_, at) => {
        const passwordHash = `hash ${at}`;
        return { passwordHash, set: await spendResetLink({ db }, { token, passwordHash, address: null }, NOON) };
      }),
    );
    const done = tries.filter(({ set }) => set.ok);
    expect(done).toHaveLength(1);
    const [user] = await db.select().from(users).where(eq(users.id, userId));
    expect(user?.passwordHash).toBe(done[0]?.passwordHash);
    expect(await isResetOpen(db, token, NOON)).toBe(false);
  });

  it("limits an account, an address for all accounts, and links that are tried", async () => {
    const { api } = deployment();
    const { email } = await newPerson();
    const ask = async (address: string, asked = email) =>
      (await api.post("/v1/password-resets", { body: { email: asked }, headers: { "cf-connecting-ip": address } }))
        .status;
    const statuses = [];
    for (const last of [1, 2, 3, 4]) statuses.push(await ask(`203.0.113.${last}`));
    expect(statuses).toEqual([202, 202, 202, 429]);
    const many = [];
    for (let at = 0; at < 101; at += 1) many.push(await ask("198.51.100.9", `someone-${at}@acme.example`));
    expect(many.lastIndexOf(202)).toBe(99);
    expect(many[100]).toBe(429);
  });

  it("says so where the deployment sends no mail", async () => {
    const refused = await apiClient().post("/v1/password-resets", { body: { email: "ana@acme.example" } });
    expect(refused.status).toBe(409);
    expect(refused.body.detail).toContain("no mail");
  });
});
