import { describe, expect, it } from "vitest";
import { AUDIAN_BODY_LIMIT, profiles, type AttemptContext, type ProfileRequest } from "../../src/delivery/profiles";
import { checkHeaders, checkTemplate } from "../../src/delivery/templates";
import { EVENT_TYPES } from "../../src/events";
import { attemptOf, exampleOf, header } from "../core/delivery/profiles/attempt";

/** What a receiver of a dialect knows about it: written from its documents, never with the profile's own code. */
export type ProfileCase = {
  name: keyof typeof profiles;
  secret: string;
  /** Another secret of the same form. */
  other: string;
  verify(request: ProfileRequest, secret: string): Promise<boolean>;
  /** Accepts a secret that is on its way out. Absent where the dialect carries one signature. */
  verifyPrevious?(request: ProfileRequest, secret: string): Promise<boolean>;
  /** How a receiver of the dialect would write the parsed body again. */
  serialize(value: unknown): string;
  /** By what a receiver tells a repetition. */
  idOf(body: Record<string, unknown>): unknown;
  /** How the body says that it is a test; absent where the body has no room for it. */
  testOf?(body: Record<string, unknown>): unknown;
  /** A template with a variable inside and one outside quotes. */
  template: string;
};

const ODD_TEXTS: [string, string][] = [
  ["unicode", "Peña, Łódź, 日本語, العربية"],
  ["emoji", "🎧 👩‍👩‍👧 🏴‍☠️"],
  ["markup", '</script><!-- & "quoted" \\ \u007f'],
  ["line and paragraph separators", "a\u2028b\u2029c\r\n\t\u0000"],
  ["lone surrogates", "\ud800 and \udfff"],
  ["braces", "{{id}} }} {{"],
  ["names of prototypes", "__proto__"],
];

/** The suite that every profile passes: what it signs is what it sends, again and again, whatever the event holds. */
export function profileContract(given: ProfileCase): void {
  const { name, secret, other, verify } = given;
  const profile = profiles[name];
  const types = profile.eventTypes;
  const [type = ""] = types;
  const attempt = (overrides: Partial<AttemptContext> = {}, of = type) =>
    attemptOf(of, { secrets: [secret], ...overrides });
  const parsed = (request: ProfileRequest) => JSON.parse(request.body) as Record<string, unknown>;

  const accepted = async (context: AttemptContext) => {
    const request = await profile.request(context);
    expect(await verify(request, secret)).toBe(true);
    expect(request.body.isWellFormed()).toBe(true);
    expect(given.serialize(JSON.parse(request.body))).toBe(request.body);
    expect(() => new Headers(request.headers)).not.toThrow();
    return request;
  };

  describe(`profile ${name}: the request`, () => {
    it.for([...types])("tells %s from the catalog's example, and from nothing at all", async (spoken) => {
      await accepted(attempt({}, spoken));
      await accepted(attempt({ data: {} }, spoken));
      await accepted(attempt({ data: nulled(exampleOf(spoken)) as Record<string, unknown> }, spoken));
    });

    it("is the same whenever the same attempt is made", async () => {
      expect(await profile.request(attempt())).toEqual(await profile.request(attempt()));
    });

    it("keeps its id over attempts, each signed for itself", async () => {
      const first = await accepted(attempt());
      const later = await accepted(attempt({ attempt: 4, now: attempt().now + 3_600_000 }));
      expect(given.idOf(parsed(later))).toBe(given.idOf(parsed(first)));
      expect(given.idOf(parsed(first))).toBeTruthy();
    });

    it("is no longer accepted when any one byte of the body differs", async () => {
      const request = await profile.request(attempt());
      const step = Math.max(1, Math.floor(request.body.length / 50));
      for (let at = 0; at < request.body.length; at += step) {
        const changed = request.body[at] === "x" ? "y" : "x";
        const body = request.body.slice(0, at) + changed + request.body.slice(at + 1);
        expect(await verify({ ...request, body }, secret)).toBe(false);
      }
    });

    it("is accepted under no other key", async () => {
      expect(await verify(await profile.request(attempt()), other)).toBe(false);
    });

    it("carries no secret", async () => {
      for (const spoken of types) {
        const request = await profile.request(attempt({ secrets: [secret, other] }, spoken));
        for (const one of [secret, other]) {
          expect(JSON.stringify(request)).not.toContain(one);
          expect(JSON.stringify(request)).not.toContain(one.replace(/^whsec_/, ""));
        }
      }
    });

    it("refuses to go out unsigned", async () => {
      await expect(profile.request(attempt({ secrets: [] }))).rejects.toThrow("no signing secret");
    });

    it("says that a test is one, and of nothing else", async () => {
      const request = await accepted(attempt({ test: true }));
      expect(request.headers["trunkline-test"]).toBe("true");
      const real = await accepted(attempt());
      expect(real.headers).not.toHaveProperty("trunkline-test");
      if (!given.testOf) return;
      expect(given.testOf(parsed(request))).toBe(true);
      expect(given.testOf(parsed(real))).toBeUndefined();
    });

    it("goes out by the method and with the headers its owner chose, the profile's own above them", async () => {
      const own = Object.fromEntries(profile.reservedHeaders.map((reserved) => [reserved, "forged"]));
      const headers = { ...own, "X-Customer": "42", "Content-Type": "application/json; charset=utf-8" };
      const request = await accepted(attempt({ method: "PUT", headers }));
      expect(request.method).toBe("PUT");
      expect(header(request.headers, "x-customer")).toBe("42");
      expect(header(request.headers, "content-type")).toBe("application/json; charset=utf-8");
      const names = Object.keys(request.headers).map((key) => key.toLowerCase());
      expect(new Set(names).size).toBe(names.length);
    });

    it("lists each header of its own as reserved", async () => {
      const { headers } = await profile.request(attempt({ secrets: [secret, other] }));
      for (const key of Object.keys(headers).filter((own) => own !== "content-type")) {
        expect(checkHeaders({ [key]: "forged" }, profile, null)).toHaveLength(1);
      }
    });

    if (given.verifyPrevious) {
      const { verifyPrevious } = given;
      it("is accepted under the old and the new secret while a rotation overlaps", async () => {
        expect(profile.overlaps).toBe(true);
        const request = await accepted(attempt({ secrets: [secret, other] }));
        expect(await verifyPrevious(request, other)).toBe(true);
        expect(await verifyPrevious(await accepted(attempt()), other)).toBe(false);
      });
    } else {
      it("has one signature, that of the new secret, at once after a rotation", async () => {
        expect(profile.overlaps).toBe(false);
        expect(await accepted(attempt({ secrets: [secret, other] }))).toEqual(await accepted(attempt()));
      });
    }
  });

  describe(`profile ${name}: odd data`, () => {
    it.for(ODD_TEXTS)("carries %s whole", async ([, odd]) => {
      for (const spoken of types) await accepted(attempt({ data: sprinkled(spoken, odd) }, spoken));
    });

    it("carries numbers that languages write differently", async () => {
      for (const number of [1e-7, 1.5e-5, 123_456_789.125, 1e21, 5e-324, -0, 0.1 + 0.2, Number.MAX_SAFE_INTEGER]) {
        for (const spoken of types) await accepted(attempt({ data: sprinkled(spoken, "x", number) }, spoken));
      }
    });

    it("carries nested nulls", async () => {
      const data = { ...exampleOf(type), call: { custom: { a: [null, { b: null, c: [[], {}, null] }] } } };
      await accepted(attempt({ data }));
    });

    it("carries 90 kB", async () => {
      for (const spoken of types) await accepted(attempt({ data: sprinkled(spoken, "á".repeat(9_000)) }, spoken));
      const request = await accepted(
        attempt({ data: { ...exampleOf(type), call: { custom: { text: "y".repeat(90_000) } } } }),
      );
      if (name === "audian") expect(request.body.length).toBeLessThan(AUDIAN_BODY_LIMIT);
    });

    it("carries 200 random events", { timeout: 30_000 }, async () => {
      const random = seeded(20_261_122);
      for (let round = 0; round < 200; round += 1) {
        const spoken = types[round % types.length] ?? type;
        const data = scrambled(exampleOf(spoken), random) as Record<string, unknown>;
        await accepted(attempt({ data }, spoken)).catch((cause: unknown) => {
          throw new Error(`round ${round}: ${JSON.stringify(data)}`, { cause });
        });
      }
    });
  });

  describe(`profile ${name}: templates`, () => {
    it("fills in its template, signs what it made of it, and writes it the dialect's way", async () => {
      expect(checkTemplate(given.template, profile, {})).toEqual([]);
      for (const [, odd] of ODD_TEXTS) {
        for (const spoken of types) {
          await accepted(attempt({ template: given.template, data: sprinkled(spoken, odd) }, spoken));
        }
      }
    });

    it("lets a template use every path of its own body", async () => {
      for (const spoken of types) {
        const body = parsed(await profile.request(attempt({ gap: { from: 1, to: 2 }, test: true }, spoken)));
        for (const path of pathsOf(body)) expect([path, profile.isTemplatePath(path)]).toEqual([path, true]);
      }
    });

    it("names the valid paths where one is wrong", () => {
      const [problem] = checkTemplate('{"a": "{{no.such.path}}"}', profile, {});
      expect(problem?.field).toBe("template");
      expect(problem?.message).toContain('"no.such.path"');
      for (const path of profile.templatePaths) expect(problem?.message).toContain(path);
    });

    it("signs a body that is not JSON as it is", async () => {
      const [path] = profile.templatePaths;
      const template = `<event>{{ ${path} }}</event>`;
      const headers = { "Content-Type": "application/xml" };
      expect(checkTemplate(template, profile, headers)).toEqual([]);
      expect(checkTemplate(template, profile, {})).toHaveLength(1);
      const request = await profile.request(attempt({ template, headers }));
      expect(request.body).toMatch(/^<event>[^<]+<\/event>$/);
      expect(await verify(request, secret)).toBe(true);
    });
  });

  describe(`profile ${name}: its rules`, () => {
    it("speaks of events there are, and its aliases of what it speaks", () => {
      expect(types.length).toBeGreaterThan(0);
      expect(EVENT_TYPES).toEqual(expect.arrayContaining([...types]));
      for (const [alias, stands] of Object.entries(profile.aliases)) {
        expect(types).not.toContain(alias);
        expect(types).toEqual(expect.arrayContaining([...stands]));
      }
    });

    it("makes secrets of the form it takes, each different, and takes no other form", () => {
      const secrets = Array.from({ length: 50 }, () => profile.newSecret());
      expect(new Set(secrets).size).toBe(50);
      for (const one of [...secrets, secret, other]) expect(profile.checkSecret(one)).toBeUndefined();
      for (const bad of ["", "short", `${secret}\n`, "ñ".repeat(40), "x".repeat(1_000)]) {
        expect(profile.checkSecret(bad)).toMatch(/^must be /);
      }
    });

    it("judges what every dialect agrees on", () => {
      for (const status of [200, 201, 202, 204, 299]) expect(profile.judge(status, {})).toBe("delivered");
      expect(profile.judge(200, { strict200: true })).toBe("delivered");
      expect(profile.judge(204, { strict200: true })).toBe("retry");
      for (const status of [301, 302, 307, 308, 500, 502, 503, 530]) expect(profile.judge(status, {})).toBe("retry");
      expect(profile.judge(410, {})).toBe("gone");
      expect(profile.judge(400, {})).not.toBe("delivered");
    });

    it("has a policy that ends", () => {
      const { waits, timeout, jitter } = profile.policy;
      expect(waits.length).toBeGreaterThan(0);
      for (const wait of waits) expect(wait).toBeGreaterThanOrEqual(5_000);
      expect(timeout).toBeGreaterThanOrEqual(5_000);
      expect(timeout).toBeLessThanOrEqual(30_000);
      expect(jitter).toBeLessThan(1);
    });
  });
}

/** The example of a type with `odd` in every text a platform or an engine may have written. */
function sprinkled(type: string, odd: string, number = 1e-7): Record<string, unknown> {
  const data = structuredClone(exampleOf(type)) as Record<string, Record<string, unknown>>;
  const { call, recording, analysis, conversation, endpoint } = data;
  if (call)
    Object.assign(call, { external_id: odd, error: odd, provider_status: odd, custom: { [odd]: [odd, number, null] } });
  if (recording) Object.assign(recording, { external_id: odd, reason: odd });
  if (analysis) Object.assign(analysis, { reason: odd, risk_score: number, scores: [{ [odd]: number }, null] });
  if (conversation) {
    const timeline = [{ at: "2026-08-20T14:00:06.120Z", kind: "message", speaker: "bot", text: odd }];
    Object.assign(conversation, { summary: odd, transcript: odd, timeline, action_results: [odd, { [odd]: number }] });
  }
  if (endpoint) Object.assign(endpoint, { description: odd });
  return data;
}

/** The same objects with null wherever there was a value. */
function nulled(value: unknown): unknown {
  if (Array.isArray(value)) return [];
  if (typeof value !== "object" || value === null) return null;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, nulled(inner)]));
}

/** The same shape with some texts and numbers replaced by random ones, and some keys gone. */
function scrambled(value: unknown, random: () => number): unknown {
  if (typeof value === "string" && random() < 0.3) return randomText(random);
  if (typeof value === "number" && random() < 0.5) return (random() - 0.5) * 10 ** Math.floor(random() * 40 - 20);
  if (Array.isArray(value)) return value.map((item) => scrambled(item, random));
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => NEEDED.has(key) || random() < 0.9);
  return Object.fromEntries(kept.map(([key, inner]) => [key, NEEDED.has(key) ? inner : scrambled(inner, random)]));
}

// Zod checked these when the event was recorded; profiles may count on them where their object is there at all.
const NEEDED = new Set(["at", "kind", "started_at", "ended_at", "talk_seconds", "text", "speaker"]);

function randomText(random: () => number): string {
  const units = Array.from({ length: Math.floor(random() * 30) }, () => {
    const ceiling = [0x20, 0x80, 0x800, 0x1_0000][Math.floor(random() * 4)] ?? 0x80;
    return Math.floor(random() * ceiling);
  });
  return String.fromCharCode(...units);
}

function* pathsOf(value: unknown, prefix = ""): Generator<string> {
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    yield path;
    yield* pathsOf(inner, path);
  }
}

// Mulberry32: small, and the same every run.
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
