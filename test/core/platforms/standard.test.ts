import { Webhook } from "standardwebhooks";
import { describe, it } from "vitest";
import type { SourceConfig } from "../../../src/platforms";
import { standard } from "../../../src/platforms/standard";

// Published with the specification.
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const AT = 1_614_265_330_000;
const BODY = new Uint8Array(new TextEncoder().encode('{"test": 2432232314}'));
const SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

const config: SourceConfig = {
  id: "src_1",
  organizationId: "org_1",
  kind: "standard",
  campaignId: null,
  settings: {},
  secrets: [SECRET],
  state: "active",
};

function verify(headers: Record<string, string>, secrets = [SECRET]) {
  const request = { url: "https://trunkline.test/", headers: new Headers(headers), body: BODY };
  return standard.verify(request, { ...config, secrets }, AT);
}

function signed(signature: string, family = "webhook"): Record<string, string> {
  return { [`${family}-id`]: ID, [`${family}-timestamp`]: String(AT / 1_000), [`${family}-signature`]: signature };
}

describe("a Standard Webhooks source", () => {
  it("passes the published vector, under either family of headers", async ({ expect }) => {
    expect(await verify(signed(SIGNATURE))).toMatchObject({ ok: true });
    expect(await verify(signed(SIGNATURE, "svix"))).toMatchObject({ ok: true });
    expect(await verify({ ...signed(SIGNATURE), "webhook-id": "" })).toMatchObject({ ok: false });
  });

  it("takes any v1 signature of the list, and no other version", async ({ expect }) => {
    const other = `v1,${"A".repeat(43)}=`;
    expect(await verify(signed(`${other} v1a,${"B".repeat(86)}== ${SIGNATURE}`))).toMatchObject({ ok: true });
    for (const list of [SIGNATURE.replace("v1,", "v2,"), SIGNATURE.replace("v1,", "v1a,"), SIGNATURE.slice(3), other]) {
      expect(await verify(signed(list))).toMatchObject({ ok: false, error: { status: 401 } });
    }
  });

  it("does not mix the headers of the two families", async ({ expect }) => {
    const { "svix-id": id, ...rest } = signed(SIGNATURE, "svix");
    expect(await verify({ ...rest, "webhook-id": id ?? "" })).toMatchObject({ ok: false });
  });

  it("mints secrets that the scheme's own package signs with", async ({ expect }) => {
    const secret = standard.authentication === "signature" ? (standard.secret.mint?.() ?? "") : "";
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const signature = new Webhook(secret).sign(ID, new Date(AT), new TextDecoder().decode(BODY));
    expect(await verify(signed(signature), [secret])).toMatchObject({ ok: true });
    expect(await verify(signed(signature))).toMatchObject({ ok: false });
  });

  it.for(["whsec_", "whsec_c2hvcnQ=", `whsec_${"A".repeat(100)}`, "whsec_not base64!", "é"])(
    "takes no secret like %j",
    (secret, { expect }) => {
      expect(standard.authentication === "signature" && standard.secret.problem(secret)).toMatch(/24 to 64 bytes/);
    },
  );
});
