import { describe, expect, it } from "vitest";
import type { SignedPlatform } from "../../src/platforms";
import { mutate, seeded } from "./random-bytes";
import { encoded, signed } from "./sending";
import { nameOf, type SignedCase } from "./source-case";

type Handshake = NonNullable<SignedCase["handshake"]>;

/** That the platform's question whether we are there gets the answer it expects, and a notice is no question. */
export function handshakeContract(
  given: SignedCase,
  source: SignedPlatform,
  { request, now, ...expected }: Handshake,
): void {
  const { config } = given;

  describe(`source ${nameOf(given)}: handshake`, () => {
    it("is answered as the platform expects it", async () => {
      expect(source.precheck(request.headers, now)).toMatchObject({ ok: true });
      const answer = await source.handshake?.(request, config, now);
      if (!answer?.ok) throw new Error(`not answered: ${JSON.stringify(answer)}`);
      const { status, headers, body } = answer.value.reply;
      expect(status).toBe(expected.status);
      if (expected.body !== undefined) expect(body).toContain(expected.body);
      const told = new Headers(headers);
      for (const [name, value] of Object.entries(expected.headers ?? {})) expect(told.get(name)).toBe(value);
      for (const secret of config.secrets) expect(body).not.toContain(secret);
    });

    it("is not what a notice is taken for", async () => {
      for (const fields of [given.good, ...given.notices]) {
        const notice = await signed(given, encoded(given, fields));
        expect(await source.handshake?.(notice, config, given.signing.now)).toBeUndefined();
      }
    });

    it("is no way around the proof: without a secret it proves nothing", async () => {
      const answer = await source.handshake?.(request, { ...config, secrets: [] }, now);
      if (answer?.ok) expect(answer.value.proven).toBe(false);
    });

    it("throws at no body, and answers with what fits a header and a screen", async () => {
      const random = seeded(5);
      for (let round = 0; round < 500; round += 1) {
        const answer = await source.handshake?.({ ...request, body: mutate(request.body, random) }, config, now);
        if (!answer?.ok) continue;
        const { headers, body, status } = answer.value.reply;
        expect(() => new Response(body === "" ? null : body, { status, headers: headers ?? {} })).not.toThrow();
        expect(body.length).toBeLessThan(10_000);
      }
    });
  });
}
