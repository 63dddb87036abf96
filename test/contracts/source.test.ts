import { hmac, toHex } from "../../src/lib/hmac";
import { SOURCES, type SourceConfig } from "../../src/sources";
import { renderAnura } from "../fixtures/anura-template";
import { sourceContract } from "./source.contract";

const CONFIG: Omit<SourceConfig, "kind" | "secrets"> = {
  id: "src_1",
  organizationId: "org_1",
  campaignId: null,
  settings: {},
  state: "active",
};

sourceContract("anura", {
  source: SOURCES.anura,
  config: { ...CONFIG, kind: "anura", secrets: [] },
  contentType: "application/json",
  good: renderAnura(),
  withUnknownFields: renderAnura().replace(/\}$/, ',"callingname":"Ana","future":{"a":[1]}}'),
});

const audianBody = {
  id: "evt_1234567890abcdef",
  event: "call.completed",
  timestamp: "2024-01-15T10:30:00Z",
  data: {
    call_id: "c-1",
    from: "+15551230001",
    to: "200",
    started_at: "2024-01-15T10:25:00Z",
    duration: 300,
    recording: { id: "r", url: "https://m.example/1" },
  },
};

sourceContract("audian", {
  source: SOURCES.audian,
  config: { ...CONFIG, kind: "audian", secrets: ["whsec_test"] },
  contentType: "application/json",
  good: JSON.stringify(audianBody),
  withUnknownFields: JSON.stringify({ ...audianBody, account: "a", data: { ...audianBody.data, future: { a: [1] } } }),
  signing: {
    now: 1_700_000_000_000,
    signatureHeader: "x-audian-signature",
    timestampHeader: "x-audian-timestamp",
    toleranceMs: 300_000,
    sign: async (body, secret, at) => {
      const timestamp = String(Math.floor(at / 1000));
      const message = new Uint8Array([...new TextEncoder().encode(`${timestamp}.`), ...body]);
      return { "x-audian-timestamp": timestamp, "x-audian-signature": toHex(await hmac("SHA-256", secret, message)) };
    },
  },
});
