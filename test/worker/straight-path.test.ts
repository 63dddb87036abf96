import { createExecutionContext, env } from "cloudflare:test";
import { beforeAll, describe, expect, it } from "vitest";
import { FULL_REACH } from "../../src/identity";
import { answer, app } from "../../src/app";
import { readNoticePath } from "../../src/ingest/notice-path";
import { PLATFORMS } from "../../src/platforms";
import { createSource } from "../../src/sources";
import { ACT_AT_NOON, mintOrganization, openDatabase, TEST_MASTER_KEYS } from "../factories";
import { renderAnura } from "../fixtures/anura-template";

const db = openDatabase(env.DB);
let key = "";
let sourceId = "";

beforeAll(async () => {
  const organization = await mintOrganization(db);
  key = organization.key;
  const made = await createSource(
    { db, masterKeys: TEST_MASTER_KEYS },
    PLATFORMS.audian,
    { reach: FULL_REACH, organizationId: organization.id, name: "Audian" },
    ACT_AT_NOON,
  );
  if (!made.ok) throw new Error("no source was made");
  sourceId = made.value.source.id;
});

type Ask = { path: string; method?: string; headers?: Record<string, string>; body?: string };

/** An answer, without what differs from request to request. */
async function textOf(response: Response) {
  const headers = { ...Object.fromEntries(response.headers), "x-request-id": "req_…" };
  const text = (await response.text()).replace(/(inb|req)_[0-9a-z]+/g, "$1_…");
  return { status: response.status, headers, text };
}

describe("a notice on the straight path", () => {
  const body = renderAnura({ audio_file_mp3: "https://example.test/a.mp3" }, 1);
  const json = { "content-type": "application/json" };
  const asks = (): Ask[] => [
    { path: "/webhook/anura/", headers: { ...json, "x-api-key": key }, body },
    { path: "/webhook/anura", headers: { ...json, "x-api-key": key }, body },
    { path: "/webhook/anura/?from=anura", headers: { ...json, authorization: `Bearer ${key}` }, body },
    { path: "/webhook/anura/", headers: { ...json, "x-api-key": "tk_wrong" }, body },
    { path: "/webhook/anura/", headers: { ...json, "x-api-key": key }, body: "{" },
    { path: "/webhook/anura/", headers: { ...json, "x-api-key": key, "content-encoding": "br" }, body },
    { path: "/webhook/anura/", headers: { ...json, "x-api-key": key, "x-much": "a".repeat(17_000) }, body },
    { path: "/webhook/anura/src_00000000000000000000000000", headers: { ...json, "x-api-key": key }, body },
    { path: "/webhook/anura//", headers: { "x-api-key": key }, body },
    { path: "/webhook/anura/a/b", headers: { "x-api-key": key }, body },
    { path: "/webhook/anura/%41", headers: { "x-api-key": key }, body },
    { path: "/webhook/anura/health", headers: { "x-api-key": key }, body },
    { path: "/webhook/anura/health", method: "GET" },
    { path: "/webhook/anura/health", method: "HEAD" },
    { path: "/webhook/anura/", method: "HEAD" },
    { path: "/webhook/anura/", method: "PUT", body },
    { path: "/webhook/ANURA/", body },
    { path: "/webhook/internal/", body },
    { path: "/webhook/nothing/x", body },
    { path: "/webhook/", body },
    { path: "/webhook/constructor/x", body },
    { path: `/webhook/audian/${sourceId}`, body: "{}" },
    { path: `/webhook/audian/${sourceId}/`, headers: json, body: "{}" },
    { path: `/webhook/audian/${sourceId}/more`, body: "{}" },
    { path: "/webhook/audian/", body: "{}" },
    { path: "/webhook/audian", body: "{}" },
    { path: `/webhook/audian/${sourceId}`, method: "GET" },
  ];

  it("is answered as the router answers it", async () => {
    for (const { path, method = "POST", headers, body: content } of asks()) {
      const request = () => {
        const sent = content === undefined ? {} : { body: content };
        return new Request(`https://trunkline.test${path}`, { method, headers: { ...headers }, ...sent });
      };
      const straight = await textOf(await answer(request(), env, createExecutionContext()));
      const routed = await textOf(await app.fetch(request(), env, createExecutionContext()));
      expect(straight, `${method} ${path}`).toEqual(routed);
    }
  });
});

describe("readNoticePath", () => {
  it.for([
    ["https://a.test/webhook/anura", { path: "/webhook/anura", kind: "anura", sourceId: undefined }],
    ["https://a.test/webhook/anura/", { path: "/webhook/anura/", kind: "anura", sourceId: undefined }],
    [
      "http://[::1]:8787/webhook/audian/src_1/?a=/b",
      { path: "/webhook/audian/src_1/", kind: "audian", sourceId: "src_1" },
    ],
    ["https://a.test/webhook/audian/src_1?x", { path: "/webhook/audian/src_1", kind: "audian", sourceId: "src_1" }],
  ] as const)("%s", ([url, expected]) => {
    expect(readNoticePath(url)).toEqual(expected);
    expect(readNoticePath(url)?.path).toBe(new URL(url).pathname);
  });

  it.for([
    "https://a.test/webhook/anura/health",
    "https://a.test/webhook/anura//",
    "https://a.test/webhook//anura",
    "https://a.test/webhook/anura/a/b",
    "https://a.test/webhook/anura/%41",
    "https://a.test/webhook/anura/..",
    "https://a.test/v1/webhook/anura/",
    "https://a.test/?/webhook/anura/",
  ])("leaves %s to the router", (url) => {
    expect(readNoticePath(url)).toBeUndefined();
  });
});
