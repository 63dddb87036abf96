import { Webhook as StandardWebhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { standard } from "../../../src/platforms/standard";
import type { SourceCase } from "../source-case";
import { OWN_FORMAT } from "./own-format";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const signers = { webhook: StandardWebhook, svix: SvixWebhook };

/** Based on: npm standardwebhooks and svix, which make the signatures. The body is our own format. */
export const cases: SourceCase[] = (["webhook", "svix"] as const).map((family) => ({
  name: `standard, ${family} headers`,
  source: standard,
  config: {
    id: "src_1",
    organizationId: "org_1",
    kind: "standard",
    campaignId: null,
    settings: {},
    secrets: [SECRET],
    state: "active",
  },
  contentType: "application/json",
  ...OWN_FORMAT,
  signing: {
    now: 1_787_234_400_000,
    signatureHeader: `${family}-signature`,
    timestampHeader: `${family}-timestamp`,
    toleranceMs: 300_000,
    coversBody: true,
    wrongSecret: "whsec_NfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    sign: async (body, secret, at) => {
      const signature = new signers[family](secret).sign("msg_1", new Date(at), new TextDecoder().decode(body));
      return {
        headers: {
          [`${family}-id`]: "msg_1",
          [`${family}-timestamp`]: String(Math.floor(at / 1_000)),
          [`${family}-signature`]: signature,
        },
      };
    },
  },
}));
