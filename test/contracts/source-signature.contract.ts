import { describe, expect, it } from "vitest";
import { fromBase64, fromHex, toBase64, toHex } from "../../src/lib/hmac";
import type { InboundRequest, SignedPlatform } from "../../src/platforms";
import { bytesOf, mutate, randomHeader, seeded, type Bytes } from "./random-bytes";
import { encoded, hasProofInside, signed } from "./sending";
import { nameOf, type SignedCase } from "./source-case";

const REFUSED = { ok: false, error: { status: 401 } };

/** What a source must let through and what it must refuse, going by the proof its platform gives. */
export function signatureContract(given: SignedCase, source: SignedPlatform): void {
  const { config, signing } = given;
  const { now, signatureHeader, timestampHeader, toleranceMs } = signing;
  const secret = config.secrets[0] ?? "";
  const wrong = signing.wrongSecret ?? `${secret}x`;
  const body = encoded(given, given.good);

  const verify = async (request: InboundRequest, secrets: readonly string[] = config.secrets) => {
    const verified = await source.verify(request, { ...config, secrets }, now);
    // Whatever is good must not fail the cheap look that comes first.
    if (verified.ok) expect(source.precheck(request.headers, now)).toMatchObject({ ok: true });
    return verified;
  };

  describe(`source ${nameOf(given)}: proof`, () => {
    it("passes a good one, of every notice, however often it comes", async () => {
      for (const fields of [given.good, ...given.notices, given.withUnknownFields]) {
        const good = await signed(given, encoded(given, fields));
        expect(await verify(good)).toMatchObject({ ok: true });
        expect(await verify(good)).toMatchObject({ ok: true });
      }
    });

    if (signing.coversBody) {
      it("refuses a tampered body, by a single bit anywhere, a byte more and a byte less", async () => {
        const good = await signed(given, body);
        for (const tampered of tamperings(good.body)) {
          expect(await verify({ ...good, body: tampered })).toMatchObject(REFUSED);
        }
      });

      it("refuses another notice's proof", async () => {
        const other = await signed(given, encoded(given, given.withUnknownFields));
        const good = await signed(given, body);
        if (await hasProofInside(given)) return;
        expect(await verify({ ...good, body: other.body })).toMatchObject(REFUSED);
      });
    } else {
      it("refuses a tampered token in the body", async () => {
        const good = await signed(given, body);
        const text = new TextDecoder().decode(good.body);
        for (const token of tokensIn(text, secret)) {
          for (const forged of ["", "0", `${token}0`, token.slice(1), swapLast(token)]) {
            const tampered = { ...good, body: bytesOf(text.replaceAll(token, () => forged)) };
            expect(await verify(tampered)).toMatchObject(REFUSED);
          }
        }
      });
    }

    it("refuses a request that was signed for another address, where the address is signed", async () => {
      const good = await signed(given, body);
      for (const url of [`${good.url}x`, good.url.replace("://", "://x."), "https://elsewhere.test/"]) {
        if (await coversAddress(given, good.url, url)) expect(await verify({ ...good, url })).toMatchObject(REFUSED);
      }
    });

    if (signatureHeader !== null) {
      it("takes the same signature however its bytes are written", async () => {
        const good = await signed(given, body);
        for (const value of otherSpellings(good.headers.get(signatureHeader) ?? "")) {
          const headers = new Headers(good.headers);
          headers.set(signatureHeader, value);
          expect([value, await verify({ ...good, headers })]).toMatchObject([value, { ok: true }]);
        }
      });

      it("refuses a tampered signature", async () => {
        const good = await signed(given, body);
        const forged = await signed(given, body, { secret: wrong });
        const proof = good.headers.get(signatureHeader) ?? "";
        for (const value of forgeries(proof, forged.headers.get(signatureHeader) ?? "")) {
          const headers = new Headers(good.headers);
          headers.set(signatureHeader, encodeURI(value));
          expect(await verify({ ...good, headers })).toMatchObject(REFUSED);
        }
      });
    }

    for (const header of [signatureHeader, timestampHeader]) {
      if (header === null) continue;
      it(`refuses a request without ${header}${mayLack(given, source, header) ? "" : ", from the headers alone"}`, async () => {
        const good = await signed(given, body);
        const headers = new Headers(good.headers);
        headers.delete(header);
        expect(await verify({ ...good, headers })).toMatchObject(REFUSED);
        if (!mayLack(given, source, header)) expect(source.precheck(headers, now)).toMatchObject(REFUSED);
      });
    }

    it("refuses a request without any header of the platform", async () => {
      const good = await signed(given, body);
      if (await hasProofInside(given)) return;
      expect(await verify({ ...good, url: "https://trunkline.test/", headers: new Headers() })).toMatchObject(REFUSED);
    });

    if (toleranceMs !== null) {
      it("refuses a stale and a future one, and takes those just within", async () => {
        for (const [away, accepted] of [
          [-toleranceMs - 2_000, false],
          [toleranceMs + 2_000, false],
          [-toleranceMs + 2_000, true],
          [toleranceMs - 2_000, true],
        ] as const) {
          const request = await signed(given, body, { at: now + away });
          expect((await verify(request)).ok).toBe(accepted);
          if (!accepted && timestampHeader !== null && !mayLack(given, source, timestampHeader)) {
            expect(source.precheck(request.headers, now)).toMatchObject(REFUSED);
          }
        }
      });
    }

    it("refuses another key, and every key where there is none", async () => {
      expect(await verify(await signed(given, body, { secret: wrong }))).toMatchObject(REFUSED);
      expect(await verify(await signed(given, body), [])).toMatchObject(REFUSED);
      expect(await verify(await signed(given, body), [wrong])).toMatchObject(REFUSED);
    });

    it("takes the old and the new key while a rotation is under way, and no third", async () => {
      const old = await signed(given, body);
      const fresh = await signed(given, body, { secret: wrong });
      for (const secrets of [
        [wrong, secret],
        [secret, wrong],
      ]) {
        expect(await verify(old, secrets)).toMatchObject({ ok: true });
        expect(await verify(fresh, secrets)).toMatchObject({ ok: true });
      }
      if (signing.coversBody) {
        const [tampered = body] = tamperings(old.body);
        expect(await verify({ ...old, body: tampered }, [wrong, secret])).toMatchObject(REFUSED);
      }
    });

    it("throws at no header, and takes none that is made up", async () => {
      const random = seeded(7);
      const good = await signed(given, body);
      const names = Object.keys((await signing.sign(body, secret, now, good.url)).headers);
      for (let round = 0; round < 500 && names.length > 0; round += 1) {
        const name = names[round % names.length] ?? "";
        const headers = new Headers(good.headers);
        headers.set(name, randomHeader(random));
        const { ok: likely } = source.precheck(headers, now);
        const verified = await verify({ ...good, headers });
        if (name.toLowerCase() === signatureHeader) expect(likely && verified.ok).toBe(false);
      }
    });

    it("throws at no body, and at no key of the platform's form", async () => {
      const random = seeded(11);
      const good = await signed(given, body);
      const bodies = [new Uint8Array(0), bytesOf("null"), bytesOf("."), bytesOf("..")];
      for (let round = 0; round < 100; round += 1) bodies.push(mutate(good.body, random));
      for (const one of bodies) await verify({ ...good, body: one });
      // Only what has the platform's form is ever stored.
      const keys = ["x".repeat(40), "A".repeat(44), `whsec_${"A".repeat(32)}`, "0".repeat(64), "+/=".repeat(20)];
      for (const key of keys.filter((one) => source.secret.problem(one) === undefined)) {
        expect(await verify(good, [key])).toMatchObject(REFUSED);
      }
    });

    it("takes secrets of its platform's form only, and makes none that it would not take", () => {
      const { problem, mint, origin } = source.secret;
      for (const one of [secret, wrong]) expect(problem(one)).toBeUndefined();
      for (const bad of ["", " ", "x".repeat(10_000)]) expect(problem(bad)).toMatch(/\S/);
      expect(mint !== undefined).toBe(origin === "either");
      const minted = Array.from({ length: mint ? 20 : 0 }, () => mint?.() ?? "");
      expect(new Set(minted).size).toBe(minted.length);
      for (const one of minted) expect(problem(one)).toBeUndefined();
    });
  });
}

/**
 * Whether the cheap look cannot ask for this header: because the platform's handshake comes without it, or because each
 * source sets its own, and which source it is is looked up later.
 */
function mayLack({ handshake }: SignedCase, source: SignedPlatform, header: string): boolean {
  const isConfigurable = Object.keys(source.settings.shape).some((name) => name.includes("header"));
  return isConfigurable || (handshake !== undefined && !handshake.request.headers.has(header));
}

/**
 * Whether the platform's proof for one address differs from that for another, and not only from one time to the next.
 */
async function coversAddress(given: SignedCase, url: string, other: string): Promise<boolean> {
  const body = encoded(given, given.good);
  const [one, again, elsewhere] = [url, url, other].map(async (address) =>
    JSON.stringify([...(await signed(given, body, { url: address })).headers]),
  );
  return (await one) === (await again) && (await one) !== (await elsewhere);
}

/**
 * The body with one bit changed in each part of it, with a byte added at either end and in the middle, with one gone.
 */
function* tamperings(body: Bytes): Generator<Bytes> {
  const places = Array.from({ length: 16 }, (_, part) => Math.floor((part * (body.length - 1)) / 15));
  // The last characters of a signature in the body may carry bits that mean nothing.
  const whole = places.filter((place) => place < body.length - 3);
  for (const place of whole) yield body.with(place, (body[place] ?? 0) ^ 1) as Bytes;
  const middle = Math.floor(body.length / 2);
  for (const place of [0, middle, body.length]) {
    yield new Uint8Array([...body.slice(0, place), 0x7a, ...body.slice(place)]);
  }
  yield new Uint8Array([...body, 32]);
  for (const place of [0, middle]) yield new Uint8Array([...body.slice(0, place), ...body.slice(place + 1)]);
  yield body.slice(0, -1) as Bytes;
  yield new Uint8Array(0);
}

/**
 * Texts that are close to a proof and are none. `forged` is what another key makes of the same: where the two differ is
 * the signature, the rest may be a version, a moment, or signatures of schemes that are not ours.
 */
function* forgeries(proof: string, forged: string): Generator<string> {
  yield* ["", "0", "é", "0".repeat(proof.length), proof.split("").toReversed().join(""), forged];
  const all = Array.from({ length: proof.length }, (_, at) => at);
  const differing = all.filter((at) => proof[at] !== forged[at]);
  const places = differing.length > 0 ? differing : all;
  for (const part of [0, 0.25, 0.5, 0.75, 1]) {
    const at = places[Math.floor((places.length - 1) * part)] ?? 0;
    yield proof.slice(0, at) + otherThan(proof[at] ?? "") + proof.slice(at + 1);
  }
  const middle = places[Math.floor(places.length / 2)] ?? 0;
  yield proof.slice(0, middle) + proof.slice(middle + 1);
  yield `${proof.slice(0, middle)}0${proof.slice(middle)}`;
  yield `${proof.slice(0, middle)} ${proof.slice(middle)}`;
}

/**
 * The signature at the end of a header as other libraries write it: in the other case, with blanks, in base64 for
 * hexadecimal and the other way round. Nothing for a token, whose text is what is compared.
 */
function* otherSpellings(proof: string): Generator<string> {
  const [, prefix = "", text = ""] = /^(.*?(?:^|[=,]))([0-9A-Za-z+/]{26,}={0,2})$/.exec(proof) ?? [];
  const isHex = /^(?:[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})$/.test(text);
  const bytes = isHex ? fromHex(text) : fromBase64(text);
  if (!bytes || ![20, 32, 64].includes(bytes.length)) return;
  const base64 = toBase64(bytes);
  const bare = base64.replace(/=+$/, "");
  const urlSafe = bare.replaceAll("+", "-").replaceAll("/", "_");
  const hex = toHex(bytes);
  const dashed = hex.replace(/..(?=.)/g, "$&-").toUpperCase();
  for (const written of [hex, hex.toUpperCase(), dashed, base64, bare, urlSafe]) {
    yield prefix + written;
    yield ` ${prefix}${written}  `;
    if (prefix === "") continue;
    yield prefix.toUpperCase() + written;
    yield `${prefix} ${written}`;
  }
}

/**
 * A character that means something else than this one in hexadecimal and in base64, even where only its first bits
 * count.
 */
function otherThan(character: string): string {
  return /[A-Pa-f]/.test(character) ? "5" : "A";
}

function swapLast(text: string): string {
  return text.slice(0, -1) + otherThan(text.at(-1) ?? "");
}

function tokensIn(text: string, secret: string): string[] {
  return secret !== "" && text.includes(secret) ? [secret] : [];
}
