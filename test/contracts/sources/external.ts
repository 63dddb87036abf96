import { external } from "../../../src/platforms/external";
import type { Mapping } from "../../../src/platforms";
import type { SourceCase } from "../source-case";
import { OWN_FORMAT } from "./own-format";

// No sender of its own: what its owner describes by a mapping.
const mapping: Mapping = {
  only_if: "event == 'ended'",
  external_id: ["tenant", "call.id"],
  outcome: { path: "call.result", values: { OK: "completed", "*": "failed" } },
  direction: { path: "call.way", values: { I: "inbound", O: "outbound" } },
  from: "call.a.number",
  to: "call.b.number",
  started_at: { path: "call.start", unit: "ms" },
  duration: { path: "call.length", unit: "ms" },
  operator: "call.agent",
  recordings: { list: "files", id: "key", url: "href" },
  custom: "*",
};

const mapped = {
  event: "ended",
  tenant: "t1",
  call: {
    id: "c-1",
    result: "OK",
    way: "I",
    a: { number: "+541155550100" },
    b: { number: "300" },
    start: 1_787_234_400_000,
    length: 125_000,
    agent: "Lucía Fernández",
  },
  files: [{ key: "r1", href: "https://pbx.example/1.mp3" }],
};

const config = {
  id: "src_1",
  organizationId: "org_1",
  kind: "external",
  campaignId: null,
  secrets: [],
  state: "active",
} as const;

export const cases: SourceCase[] = [
  {
    name: "external, Trunkline's own format",
    source: external,
    config: { ...config, settings: {} },
    contentType: "application/json",
    ...OWN_FORMAT,
  },
  {
    name: "external, by a mapping",
    source: external,
    // What this platform adds to the settings is checked by its own schema.
    config: { ...config, settings: external.settings.parse({ mapping }) },
    contentType: "application/json",
    good: mapped,
    withUnknownFields: { ...mapped, future: { a: [1] }, call: { ...mapped.call, future: { a: [1] } } },
    notices: [mapped, { ...mapped, call: { ...mapped.call, result: "busy" }, files: [] }],
  },
];
