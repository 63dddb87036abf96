import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { newPipeline, type Pipeline } from "./pipeline";
import { openDatabase } from "../../src/db/client";
import { hmac, toHex } from "../../src/lib/hmac";
import { PLATFORMS } from "../../src/platforms";
import { mintCampaign, mintOrganization } from "../factories";
import { sineWav } from "./sine-wav";
import { send, type Answer } from "./uploading";

const db = openDatabase(env.DB);
const SECRET = "a-secret-of-the-crm-0001";

let line: Pipeline;
let key: string;
let path: string;
let keyedPath: string;

beforeEach(async () => {
  line = newPipeline();
  const organization = await mintOrganization(db);
  key = organization.key;
  const campaign = await mintCampaign(db, organization.id);
  const create = async (kind: string, more: object) => {
    const body = JSON.stringify({ kind, name: kind, campaign_id: campaign.id, ...more });
    const made = await send(line, "POST", "/v1/sources", {
      key,
      headers: { "content-type": "application/json" },
      body,
    });
    expect(made.status).toBe(201);
    return made.body.id as string;
  };
  path = `/webhook/hmac/${await create("hmac", { secret: SECRET, settings: { country: "GB" } })}`;
  keyedPath = `/webhook/external/${await create("external", { settings: {} })}`;
});

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text));
}

async function compressed(
  body: Uint8Array<ArrayBuffer>,
  format: "gzip" | "deflate" | "deflate-raw" = "gzip",
): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([body]).stream().pipeThrough(new CompressionStream(format));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function post(
  body: Uint8Array<ArrayBuffer>,
  signed: Uint8Array<ArrayBuffer>,
  headers: Record<string, string>,
): Promise<Answer> {
  const signature = toHex(await hmac("SHA-256", SECRET, signed));
  const type = { "content-type": "application/json", ...headers };
  return send(line, "POST", path, { headers: { ...type, "x-signature": signature }, body });
}

const notice = (id: string) => bytesOf(JSON.stringify({ external_id: id, from: "+15005550006", operator: "José" }));
const callOf = async (answer: Answer) =>
  (await send(line, "GET", `/v1/calls/${answer.body.call_ids[0]}`, { key })).body;

describe("a compressed notice", () => {
  it.each(["gzip", "x-gzip", "GZIP", "deflate", "identity, gzip"])(
    "is taken as %s, signed before or after",
    async (name) => {
      for (const order of ["before", "after"] as const) {
        const plain = notice(`${order}-${name}`);
        const body = await compressed(plain, name === "deflate" ? "deflate" : "gzip");
        const answer = await post(body, order === "before" ? plain : body, { "content-encoding": name });
        expect([order, answer.status]).toEqual([order, 200]);
        await line.run();
        expect(await callOf(answer)).toMatchObject({ external_id: `${order}-${name}`, from_e164: "+15005550006" });
      }
    },
  );

  it("is taken in deflate without its wrapping, and compressed twice", async () => {
    const raw = await compressed(notice("raw"), "deflate-raw");
    expect((await post(raw, raw, { "content-encoding": "deflate" })).status).toBe(200);
    const twice = await compressed(await compressed(notice("twice"), "deflate"));
    expect((await post(twice, twice, { "content-encoding": "deflate, gzip" })).status).toBe(200);
  });

  it("is taken in several members, as a log that was appended to has, wherever they are cut", async () => {
    const plain = notice("members");
    for (const cuts of [[10], [1, 40], [0, 5, 5, 20]]) {
      const edges = [0, ...cuts, plain.length];
      const members = await Promise.all(edges.slice(1).map((end, index) => compressed(plain.slice(edges[index], end))));
      const body = Uint8Array.from(members.flatMap((member) => [...member]));
      const answer = await post(body, body, { "content-encoding": "gzip" });
      expect([cuts, answer.status]).toEqual([cuts, 200]);
    }
  });

  it("is taken from a sender with a key", async () => {
    const headers = { "content-type": "application/json", "content-encoding": "gzip" };
    const answer = await send(line, "POST", keyedPath, { key, headers, body: await compressed(notice("keyed")) });
    expect(answer.status).toBe(200);
  });

  it("is kept as it came and read again by a replay", async () => {
    const body = await compressed(notice("again"));
    const answer = await post(body, body, { "content-encoding": "gzip" });
    await line.run();
    const kept = (await send(line, "GET", `/v1/inbound/${answer.body.inbound_id}`, { key })).body;
    expect(kept).toMatchObject({ outcome: "accepted", headers: { "content-encoding": "gzip" } });
    const again = await send(line, "POST", `/v1/inbound/${answer.body.inbound_id}/replay`, { key });
    expect(again.status).toBeLessThan(300);
    await line.run();
    expect(await callOf(answer)).toMatchObject({ external_id: "again", state: expect.any(String) });
    const calls = (await send(line, "GET", "/v1/calls", { key })).body.data;
    expect(calls).toHaveLength(1);
    const reread = (await send(line, "GET", `/v1/inbound/${answer.body.inbound_id}`, { key })).body;
    expect(reread).toMatchObject({ outcome: "accepted" });
  });

  it("is refused with 413 where it swells beyond the cap, however it is signed", async () => {
    const plain = new Uint8Array(PLATFORMS.hmac.bodyCap + 1);
    const bomb = await compressed(plain);
    expect(bomb.length).toBeLessThan(PLATFORMS.hmac.bodyCap);
    for (const signed of [plain, bomb]) {
      const answer = await post(bomb, signed, { "content-encoding": "gzip" });
      expect([answer.status, answer.body.reason]).toEqual([413, "body_too_large"]);
    }
  });

  it.each(["br", "zstd", "compress", "gzip, br"])(
    "is refused with 415 as %s, before a signature is looked at",
    async (name) => {
      const answer = await post(notice("x"), bytesOf("something else"), { "content-encoding": name });
      expect([answer.status, answer.body.reason]).toEqual([415, "unsupported_encoding"]);
    },
  );

  it("is refused with 400 where it is not what it says, once its sender is known", async () => {
    const body = notice("x");
    const answer = await post(body, body, { "content-encoding": "gzip" });
    expect([answer.status, answer.body.reason]).toEqual([400, "broken_encoding"]);
    expect((await post(body, bytesOf("x"), { "content-encoding": "gzip" })).status).toBe(401);
  });
});

describe("a notice in the charset it declares", () => {
  const TEXT = '{"external_id":"c-1","operator":"Łukasz Gómez"}';

  it.each([
    [
      "application/json; charset=ISO-8859-2",
      TEXT.split("").map((sign) => ({ Ł: 0xa3, ó: 0xf3 })[sign] ?? sign.charCodeAt(0)),
    ],
    [
      'application/json;charset="utf-16le"',
      TEXT.split("").flatMap((sign) => [sign.charCodeAt(0) & 255, sign.charCodeAt(0) >> 8]),
    ],
    ["application/json; charset=us-ascii", [...bytesOf(TEXT)]],
    ["application/json; charset=utf-8", [0xef, 0xbb, 0xbf, ...bytesOf(TEXT)]],
  ])("is read: %s", async (type, bytes) => {
    const body = new Uint8Array(bytes);
    const answer = await post(body, body, { "content-type": type });
    expect(answer.status).toBe(200);
    await line.run();
    expect(await callOf(answer)).toMatchObject({ operator: { name: "Łukasz Gómez" } });
  });

  it("is refused where nobody knows the charset", async () => {
    const answer = await post(bytesOf(TEXT), bytesOf(TEXT), { "content-type": "application/json; charset=klingon" });
    expect([answer.status, answer.body.reason]).toEqual([415, "unsupported_charset"]);
  });
});

describe("a compressed body of the API", () => {
  it("is refused with 415 on every route that takes one, for what it is", async () => {
    const gzip = { "content-encoding": "gzip" };
    const json = { "content-type": "application/json", ...gzip };
    const audio = { "content-type": "audio/wav", ...gzip };
    const tus = { "tus-resumable": "1.0.0", "upload-length": "100", "content-type": "application/offset+octet-stream" };
    for (const [method, target, headers] of [
      ["POST", "/v1/sources", json],
      ["POST", "/v1/uploads", audio],
      ["POST", "/v1/uploads/tus", { ...tus, ...gzip }],
      ["PATCH", "/v1/uploads/tus/upl_00000000000000000000000000", { ...tus, "upload-offset": "0", ...gzip }],
      ["POST", "/upload/", audio],
      ["POST", "/v2/webhooks", json],
    ] as const) {
      const answer = await send(line, method, target, { key, headers, body: await compressed(sineWav(1)) });
      expect([target, answer.status, answer.body.detail]).toEqual([
        target,
        415,
        "Send the body as it is, without Content-Encoding: only /webhook takes compressed ones.",
      ]);
    }
  });

  it("is none where the encoding is identity", async () => {
    const headers = { "content-type": "application/json", "content-encoding": "identity" };
    const answer = await send(line, "POST", "/v1/sources", { key, headers, body: "{}" });
    expect(answer.status).toBe(422);
  });
});
