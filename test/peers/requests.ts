import { eventExamples, profiles, type MadeRequest, type ProfileName } from "./profiles.ts";

/** What an event may hold that a receiver could stumble over, each under a name. */
export const ODD_VALUES: [string, unknown][] = [
  ["plain text", "Hello"],
  ["unicode", "Peña, Łódź, 日本語, العربية \u007f \u2028 \u2029"],
  ["emoji", "🎧 👩‍👩‍👧 🏴‍☠️"],
  ["a lone surrogate", "\ud800"],
  ["1e-7", { tiny: 1e-7, small: -1.5e-5, large: 1e21, whole: 5, long: 0.1 + 0.2 }],
  ["</script>", '</script><!-- "quoted" \\ / \b\f\n\r\t'],
  ["nested nulls", { a: [null, { b: null, c: [[], {}, null] }] }],
  ["keys that sort themselves", { b: 1, 10: 2, 9: 3, a: 4, "": 5 }],
  ["90 kB", "á".repeat(15_000) + "y".repeat(60_000)],
];

/** One attempt made now. */
export async function makeRequest(
  profile: ProfileName,
  type: string,
  secret: string,
  odd: unknown,
  overrides: Record<string, unknown> = {},
): Promise<MadeRequest> {
  return profiles[profile].request({
    endpointId: "end_1",
    organizationId: "org_1",
    eventId: "evt_1",
    deliveryId: "dlv_1",
    type,
    seq: 1,
    recordedAt: 1_700_000_000_123,
    data: holding(type, odd),
    gap: null,
    attempt: 1,
    test: false,
    now: Date.now(),
    method: "POST",
    headers: {},
    template: null,
    ed25519: false,
    secrets: [secret],
    publicUrl: "https://trunkline.test",
    ...overrides,
  });
}

/** The catalog's example, with the odd value wherever something of the platform's or the engine's own making stands. */
function holding(type: string, odd: unknown): Record<string, unknown> {
  const data = structuredClone(eventExamples[type]) as Record<string, Record<string, unknown>>;
  const text = typeof odd === "string" ? odd : JSON.stringify(odd);
  if (data.call) Object.assign(data.call, { custom: { odd }, error: text.slice(0, 100) });
  if (data.analysis)
    Object.assign(data.analysis, { reason: text, scores: [{ [text.slice(0, 50)]: 1e-7 }, { Calm: 2.5e-9 }] });
  if (data.conversation) Object.assign(data.conversation, { transcript: text, action_results: [odd] });
  return data;
}

/** The same request with one letter of its body changed, still JSON. */
export function tampered(request: MadeRequest): MadeRequest {
  const body = request.body.replace("evt_1", "evt_2").replace("ana_", "anb_");
  if (body === request.body) throw new Error("nothing to tamper with");
  return { ...request, body };
}
