import { env, exports } from "cloudflare:workers";
import { expect, it } from "vitest";
import { mintOrganization, openDatabase } from "../factories";
import { mintSession } from "../sign-in";

const db = openDatabase(env.DB);
const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

const ask = (accept: string, headers: Record<string, string> = {}, method = "GET", origin = "https://calls.test") =>
  exports.default.fetch(new Request(`${origin}/`, { method, headers: { accept, ...headers }, redirect: "manual" }));

async function signedIn() {
  const { id: organizationId } = await mintOrganization(db);
  const { headers } = await mintSession(db, { organizationId, now: Date.now() });
  return { cookie: headers.cookie };
}

it("a browser that is not signed in goes there, and a new deployment is set up first", async () => {
  await db.run("DELETE FROM memberships");
  expect((await ask(BROWSER)).headers.get("location")).toBe("/setup");
  await signedIn();
  const answer = await ask(BROWSER);
  expect([answer.status, answer.headers.get("location")]).toEqual([303, "/sign-in"]);
  expect(answer.headers.get("vary")).toContain("Cookie");
});

it("a browser at an address of this machine goes to its name, and a program stays", async () => {
  const answer = await ask(BROWSER, {}, "GET", "http://127.0.0.1:8787");
  expect(answer.headers.get("location")).toBe("http://localhost:8787/");
  expect((await ask("*/*", {}, "GET", "http://127.0.0.1:8787")).status).toBe(200);
});

it("who is signed in goes to their pages, at once and after signing in", async () => {
  const answer = await ask(BROWSER, await signedIn());
  expect([answer.status, answer.headers.get("location")]).toEqual([303, "/dashboard/begin"]);
});

it("a program gets addresses as JSON, and HEAD is answered", async () => {
  const answer = await ask("*/*");
  expect(await answer.json()).toEqual({ name: "trunkline", health: "/health", openapi: "/openapi.json" });
  expect(answer.headers.get("vary")).toContain("Accept");
  expect((await ask("*/*", {}, "HEAD")).status).toBe(200);
});
