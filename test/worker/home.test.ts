import { exports } from "cloudflare:workers";
import { expect, it } from "vitest";

const ask = (accept: string, method = "GET") =>
  exports.default.fetch(new Request("https://calls.test/", { method, headers: { accept } }));

const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

it("a browser is shown what runs and how to send a first call, at the public address", async () => {
  const answer = await ask(BROWSER);
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toMatch(/^text\/html/);
  const text = await answer.text();
  expect(text).toContain("curl -sS -X POST https://trunkline.test/webhook/anura/");
  for (const [, path] of text.matchAll(/href="([^"]+)"/g)) {
    expect((await exports.default.fetch(new Request(`https://calls.test${path}`))).status).toBe(200);
  }
});

it("its policy allows nothing but the style that is on the page, and no script is on it", async () => {
  const answer = await ask(BROWSER);
  const text = await answer.text();
  const style = /<style>([\s\S]*?)<\/style>/.exec(text)?.[1] ?? "";
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style)));
  const policy = answer.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain(`style-src 'sha256-${btoa(String.fromCharCode(...digest))}'`);
  expect(policy).not.toContain("unsafe");
  expect(text).not.toMatch(/<script|\son\w+=|\sstyle=/i);
});

it("a program gets the same addresses as JSON, and HEAD is answered", async () => {
  const answer = await ask("*/*");
  expect(await answer.json()).toEqual({ name: "trunkline", health: "/health", openapi: "/openapi.json" });
  expect(answer.headers.get("vary")).toContain("Accept");
  expect((await ask(BROWSER, "HEAD")).status).toBe(200);
});
