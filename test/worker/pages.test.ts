import { createExecutionContext } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { assets } from "#assets";
import { answer as answerOf } from "../../src/app";
import { mintOrganization, openDatabase } from "../factories";
import { mintSession } from "../sign-in";

const db = openDatabase(env.DB);

const ORIGIN = "https://calls.test";
const get = (path: string, headers: Record<string, string> = {}) =>
  exports.default.fetch(new Request(`${ORIGIN}${path}`, { headers, redirect: "manual" }));

async function gzipped(body: string): Promise<number> {
  const packed = new Blob([body]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(packed).arrayBuffer()).byteLength;
}

describe("a page whose database does not answer", () => {
  const broken = {
    prepare: () => {
      throw new Error("D1_ERROR: the database is away");
    },
    batch: () => Promise.reject(new Error("D1_ERROR: the database is away")),
  } as unknown as D1Database;
  const ask = (path: string, headers: Record<string, string>) =>
    answerOf(new Request(`${ORIGIN}${path}`, { headers }), { ...env, DB: broken }, createExecutionContext());

  it("says in words that our side failed, with the id of the request, in both languages; a program gets its problem", async () => {
    const lines = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const { id: organizationId } = await mintOrganization(db);
    const { headers } = await mintSession(db, { organizationId, now: Date.now() });
    const session = headers.cookie;
    const html = { accept: "text/html,application/xhtml+xml" };
    for (const path of ["/dashboard", "/dashboard/calls", "/"])
      for (const [language, said] of [
        ["en", "Something went wrong on our side"],
        ["es", "Algo falló de nuestro lado"],
      ] as const) {
        const cookie = `${session}; trunkline_language=${language}`;
        const failed = await ask(path, { ...html, cookie });
        expect([path, failed.status, failed.headers.get("content-type")]).toEqual([
          path,
          500,
          "text/html; charset=utf-8",
        ]);
        expect(failed.headers.get("content-security-policy")).toContain("default-src 'none'");
        const text = await failed.text();
        expect(text).toContain(`<h1>${said}`);
        expect(text).not.toContain("D1_ERROR");
        const logged = JSON.parse(String(lines.mock.lastCall?.[0])) as { event: string; requestId: string };
        expect(logged.event).toBe("request.failed");
        expect(text).toContain(logged.requestId);
      }
    const problem = await ask("/dashboard/calls", { accept: "*/*", cookie: session });
    expect([problem.status, problem.headers.get("content-type")]).toEqual([500, "application/problem+json"]);
    const ofApi = await ask("/v1/calls", { ...headers, ...html });
    expect([ofApi.status, ofApi.headers.get("content-type")]).toEqual([500, "application/problem+json"]);
    lines.mockRestore();
  });
});

describe("an address without a page", () => {
  it("is said in words to a browser, also where only forms go; a program gets its problem", async () => {
    const { id: organizationId } = await mintOrganization(db);
    const { cookie } = (await mintSession(db, { organizationId, now: Date.now() })).headers;
    const ask = (path: string, accept: string) => get(path, { cookie, accept });
    for (const path of ["/dashboard/settings/usage/alert", "/dashboard/nowhere/at/all", "/nowhere"]) {
      const page = await ask(path, "text/html");
      expect([page.status, page.headers.get("content-type")]).toEqual([404, "text/html; charset=utf-8"]);
      expect(await page.text()).toContain("<h1>Nothing here");
    }
    for (const path of ["/nowhere", "/v1", "/v1/nowhere", "/webhook/nowhere"]) {
      const stranger = await get(path, { accept: path === "/nowhere" ? "text/html" : "text/html, */*" });
      expect([path, stranger.headers.get("content-type")]).toEqual([
        path,
        path === "/nowhere" ? "text/html; charset=utf-8" : "application/problem+json",
      ]);
      expect((await get(path, { accept: "*/*" })).headers.get("content-type")).toBe("application/problem+json");
    }
    const problem = await ask("/dashboard/settings/usage/alert", "*/*");
    expect([problem.status, problem.headers.get("content-type")]).toEqual([405, "application/problem+json"]);
    expect((await ask("/v1/nowhere", "text/html")).headers.get("content-type")).toBe("application/problem+json");
  });
});

describe("the page of components", () => {
  it("is in every language what its dictionary says, under a policy that allows no script or style in a page", async () => {
    for (const [language, word] of [
      ["en", "Components"],
      ["es", "Componentes"],
      ["pseudo", "[Cómpónénts"],
    ] as const) {
      const answer = await get("/dashboard/components", { cookie: `trunkline_language=${language}` });
      expect(answer.status).toBe(200);
      const policy = answer.headers.get("content-security-policy") ?? "";
      expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
      expect(policy).not.toContain("unsafe");
      expect(answer.headers.get("cache-control")).toBe("no-store");
      const page = await answer.text();
      expect(page).toMatch(/^<!doctype html><html lang="(en|es-419)">/);
      expect(page).toContain(`<h1>${word}`);
      expect(page).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+="|javascript:/i);
      expect(page).not.toContain("<script>alert");
      expect(page).not.toContain("<img");
    }
  });

  it("shows times in the browser's zone, and in UTC where the zone is none", async () => {
    const zoned = await (await get("/dashboard/components", { cookie: "trunkline_zone=America%2FBogota" })).text();
    expect(zoned).toContain("Times are in America/Bogota");
    const unknown = await (await get("/dashboard/components", { cookie: "trunkline_zone=Mars%2FOlympus" })).text();
    expect(unknown).toContain("Times are in UTC");
  });

  it("keeps to its sizes: HTML, style sheet and script", async () => {
    expect(await gzipped(await (await get("/dashboard/components")).text())).toBeLessThan(60_000);
    const sizeOf = async (path: string) => gzipped(await (await env.ASSETS.fetch(`${ORIGIN}${path}`)).text());
    expect(await sizeOf(assets.styles)).toBeLessThan(20_000);
    expect(await sizeOf(assets.app)).toBeLessThan(40_000);
  });
});

describe("assets", () => {
  it.for(Object.entries(assets))("%s is there for a year, under a name of its content", async ([, path]) => {
    expect(path).toMatch(/^\/assets\/[\w-]+\.[\w-]{8}\.(css|js|svg|woff2)$/);
    const answer = await env.ASSETS.fetch(`${ORIGIN}${path}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    await answer.arrayBuffer();
  });
});

describe("the choice of language", () => {
  const choose = (language: string, back: string) =>
    exports.default.fetch(
      new Request(`${ORIGIN}/dashboard/language`, {
        method: "POST",
        body: new URLSearchParams({ language, back }),
        redirect: "manual",
      }),
    );

  it("is kept in a cookie, and leads back", async () => {
    const answer = await choose("es", "/dashboard/components?x=1");
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe("/dashboard/components?x=1");
    expect(answer.headers.get("set-cookie")).toMatch(/^trunkline_language=es; Path=\/; .*HttpOnly; Secure$/);
  });

  it.for(["//evil.example", "/\\evil.example", "https://evil.example", "", "javascript:alert(1)", "/a b"])(
    "never leads to %s",
    async (back) => {
      expect((await choose("es", back)).headers.get("location")).toBe("/");
    },
  );

  it("is one of those there are", async () => {
    expect((await choose("xx; Domain=evil", "/")).headers.get("set-cookie")).toBeNull();
  });

  it("without one, is what the browser asks for first", async () => {
    const spoken = async (asked: string) =>
      /<html lang="([^"]+)"/.exec(await (await get("/dashboard/components", { "accept-language": asked })).text())?.[1];
    expect(await spoken("es-AR,es;q=0.9,en;q=0.8")).toBe("es-419");
    expect(await spoken("de-DE,en;q=0.4,es;q=0.6")).toBe("es-419");
    expect(await spoken("de")).toBe("en");
  });
});
