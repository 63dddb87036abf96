import { beforeAll, describe, expect, it } from "vitest";
import { edgeOf, type Edge } from "./edge";
import { CONTENT_TYPES, ODD_VALUES, placeSomewhere } from "./odd-values";
import { bytesOf, mutate, pick, randomBytes, randomHeader, seeded, type Bytes, type Random } from "./random-bytes";
import { encoded, isJson, signed } from "./sending";
import { sourceCases } from "./source-cases";
import { isSigned, nameOf, type SourceCase } from "./source-case";

/** For each platform; its cases share them. */
const REQUESTS = 10_000;
/** Every status a webhook route may answer with, but for what a handshake adds. 503 says that something threw. */
const ANSWERS = [200, 400, 401, 404, 405, 413, 415, 422, 431];

type Sending = { method?: string; url?: string; headers?: Record<string, string>; body: Bytes; proven: boolean };

/** What every source must hold to through HTTP: thousands of requests, good, mended, broken and made up. */
export function edgeContract(given: SourceCase): void {
  const { source } = given;
  const good = encoded(given, given.good);
  const requests = Math.ceil(REQUESTS / sourceCases.filter((one) => one.source === source).length);
  let edge: Edge;
  beforeAll(async () => {
    edge = await edgeOf(given);
  });

  /** The request the platform would send with this body; unproven where it could not have made it. */
  async function requestOf({ method = "POST", url = edge.url, headers = {}, body, proven }: Sending): Promise<Request> {
    const sent = { url, headers: new Headers({ "content-type": given.contentType }), body };
    if (isSigned(given)) {
      const proof = await signed(given, proven ? body : good, { url }).catch(() => undefined);
      if (proof) Object.assign(sent, { url: proof.url, headers: proof.headers, body: proven ? proof.body : body });
    } else if (proven) sent.headers.set("x-api-key", edge.apiKey);
    sent.headers.set("content-length", String(sent.body.length));
    for (const [name, value] of Object.entries(headers)) sent.headers.set(name, value);
    return new Request(sent.url, { method, headers: sent.headers, body: method === "GET" ? null : sent.body });
  }

  const send = async (sending: Sending) => edge.send(await requestOf(sending));

  describe(`source ${nameOf(given)}: at the edge`, () => {
    it("answers the same request alike, and keeps it each time", async () => {
      const before = edge.kept.length;
      const [first, second] = [await send({ body: good, proven: true }), await send({ body: good, proven: true })];
      expect([first.status, second.status]).toEqual([200, 200]);
      const { inbound_id: one, ...answer } = await first.json<Record<string, unknown>>();
      const { inbound_id: other, ...again } = await second.json<Record<string, unknown>>();
      expect(again).toEqual(answer);
      expect(other).not.toBe(one);
      expect(edge.kept.slice(before).map(({ verdict }) => verdict)).toEqual(["accepted", "accepted"]);
    });

    it("takes every notice of the call, with and without a slash at the end", async () => {
      for (const fields of given.notices) {
        for (const url of [edge.url, `${edge.url}/`]) {
          const { status } = await send({ url, body: encoded(given, fields), proven: true });
          expect(status).toBe(200);
        }
      }
    });

    it("refuses a sender who proves nothing, whatever they send", async () => {
      for (const body of [good, new Uint8Array(0), bytesOf("null")]) {
        const headers = { "content-type": given.contentType };
        const { status } = await edge.send(new Request(edge.url, { method: "POST", headers, body }));
        expect(status).toBe(401);
      }
    });

    it("refuses a body over its cap, without reading one that says how long it is", async () => {
      const { headers, url } = await requestOf({ body: good, proven: true });
      const declared = endless(headers, String(source.bodyCap + 1));
      expect((await edge.send(new Request(url, declared.init))).status).toBe(413);
      expect(declared.read()).toBe(0);
      const undeclared = endless(headers, null);
      expect((await edge.send(new Request(url, undeclared.init))).status).toBe(413);
      expect(undeclared.read()).toBeLessThan(source.bodyCap + 10 * CHUNK);
    });

    it("takes a body as large as its cap", { timeout: 30_000 }, async () => {
      const filledWith = (length: number) =>
        requestOf({ body: encoded(given, { ...given.good, filler: "x".repeat(length) }), proven: true });
      const half = Math.floor(source.bodyCap / 2);
      // What a character more in a field takes on the wire: a third of one more where the body is base64.
      const sizes = [half - 3_000, half].map(
        async (length) => (await (await filledWith(length)).arrayBuffer()).byteLength,
      );
      const [small = 0, large = 0] = await Promise.all(sizes);
      const room = source.bodyCap - large - 10;
      expect((await edge.send(await filledWith(half + Math.floor((room * 3_000) / (large - small))))).status).toBe(200);
    });

    if (given.handshake) {
      const { request, now, ...expected } = given.handshake;
      it("answers the platform's handshake", async () => {
        const then = await edgeOf(given, now);
        const { headers, body } = request;
        const url = `${then.url}${new URL(request.url).search}`;
        const response = await then.send(new Request(url, { method: "POST", headers, body }));
        expect(response.status).toBe(expected.status);
        if (expected.body !== undefined) expect(await response.text()).toContain(expected.body);
        for (const [name, value] of Object.entries(expected.headers ?? {}))
          expect(response.headers.get(name)).toBe(value);
      });
    }

    it(`answers ${requests} random and mutated requests, and throws at none`, { timeout: 120_000 }, async () => {
      const random = seeded(20_261_122);
      const allowed = new Set([...ANSWERS, ...(given.handshake ? [given.handshake.status] : [])]);
      const counts = new Map<number, number>();
      for (let round = 0; round < requests; round += 1) {
        const sending = madeUp(given, good, edge.url, random);
        const { status, headers } = await send(sending);
        counts.set(status, (counts.get(status) ?? 0) + 1);
        if (!allowed.has(status)) {
          const text = new TextDecoder().decode(sending.body.slice(0, 2_000));
          throw new Error(
            `round ${round}: ${status}, ${JSON.stringify({ ...sending, body: text, log: edge.log.at(-1) })}`,
          );
        }
        if (status !== 200 && status !== 404) expect(headers.get("content-type")).toContain("json");
        edge.kept.length = 0;
      }
      // Had they all been turned away at the door, nothing would be shown.
      expect(counts.get(200) ?? 0).toBeGreaterThan(requests / 10);
      expect(counts.get(401) ?? 0).toBeGreaterThan(requests / 100);
    });
  });
}

const CHUNK = 16_384;

/** A body without end, and how much of it was read. */
function endless(headers: Headers, length: string | null) {
  let read = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        read += CHUNK;
        controller.enqueue(new Uint8Array(CHUNK).fill(32));
      },
    },
    { highWaterMark: 0 },
  );
  const sent = new Headers(headers);
  sent.delete("content-length");
  if (length !== null) sent.set("content-length", length);
  return { init: { method: "POST", headers: sent, body }, read: () => read };
}

/** One request of the many: half of them changed notices with a good proof, so that they are read. */
function madeUp(given: SourceCase, good: Bytes, url: string, random: Random): Sending {
  const roll = random();
  if (roll < 0.25) return { body: mutate(encoded(given, pick(random, given.notices)), random), proven: true };
  if (roll < 0.5) return { body: encoded(given, oddNotice(given, random)), proven: true };
  if (roll < 0.6) return { body: mutate(good, random), proven: false };
  if (roll < 0.7) return { body: randomBytes(random, 2_000), proven: random() < 0.5 };
  if (roll < 0.8) return { body: good, proven: true, headers: oddHeaders(given, random) };
  if (roll < 0.85) return { body: good, proven: true, method: pick(random, ["GET", "PUT", "DELETE", "OPTIONS"]) };
  if (roll < 0.9) return { body: good, proven: true, url: oddAddress(url, random) };
  if (roll < 0.92) return { body: deep(given, random), proven: true };
  return { body: encoded(given, pick(random, [given.good, given.withUnknownFields])), proven: true };
}

/** A notice with something odd in one of its fields, with one gone, or with one more. */
function oddNotice(given: SourceCase, random: Random): Record<string, unknown> {
  const fields = pick(random, [given.good, given.withUnknownFields, ...given.notices]);
  const value = pick(random, ODD_VALUES);
  if (random() < 0.2) return { ...fields, [randomHeader(random, 10)]: value };
  if (random() < 0.2) {
    const { [pick(random, Object.keys(fields))]: _gone, ...rest } = fields;
    return rest;
  }
  return placeSomewhere(fields, value, random);
}

function oddHeaders(given: SourceCase, random: Random): Record<string, string> {
  const { signatureHeader, timestampHeader } = given.signing ?? { signatureHeader: "x-api-key", timestampHeader: null };
  const name = pick(random, [signatureHeader, timestampHeader, "authorization", "content-type", "x-auth-token"]);
  if (name === "content-type") return { [name]: pick(random, CONTENT_TYPES) };
  return { [name ?? "x-odd"]: randomHeader(random, random() < 0.05 ? 20_000 : 200) };
}

function oddAddress(url: string, random: Random): string {
  return pick(random, [
    `${url}x`,
    `${url}/more`,
    `${url}?a=1&a=2`,
    `${url}%00`,
    `${url}%`,
    url.slice(0, -3),
    url.replace(/src_\w+$/, `src_${"0".repeat(26)}`),
    url.replace(/\/src_\w+$/, "/"),
    url.toUpperCase().replace("HTTPS", "https"),
  ]);
}

function deep(given: SourceCase, random: Random): Bytes {
  const nested = pick(random, ["[".repeat(5_000) + "]".repeat(5_000), `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`]);
  const text = new TextDecoder().decode(encoded(given, { ...given.good, deep: "?" }));
  return bytesOf(isJson(given) ? text.replace('"?"', nested) : `${text}${nested}`);
}
