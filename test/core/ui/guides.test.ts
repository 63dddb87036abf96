import { describe, expect, it } from "vitest";
import { PLATFORMS, type GuideContext } from "../../../src/platforms";
import { GUIDE_TEXTS } from "../../../src/ui/strings/guide-list";
import { guideText } from "../../../src/ui/strings/guides";

const MAPPING = { external_id: "id" };

/** What a guide of any source of this platform says that its page shows. */
function textsOf(kind: keyof typeof PLATFORMS): string[] {
  const of = (campaign: GuideContext["campaign"], settings: object) => {
    const context = {
      webhookUrl: `https://calls.example/webhook/${kind}/src_1`,
      publicUrl: "https://calls.example",
      source: { id: "src_1", name: "Sales", settings },
      campaign,
    };
    const { steps, snippets, request, headers } = PLATFORMS[kind].guide(context as never);
    const entries = [...request, ...headers].flatMap(({ name, value }) => [name, value]);
    return [
      ...steps.flatMap(({ title, text }) => [title, text]),
      ...snippets.map(({ title }) => title),
      ...entries.filter(isTold),
    ];
  };
  const campaign = { id: "cmp_1", number: 7, name: "Sales" };
  const mapped = kind === "external" || kind === "hmac" ? of(campaign, { mapping: MAPPING }) : [];
  const decoded =
    kind === "hmac" ? ["hex", "base64"].flatMap((one) => of(null, { secret_encoding: one, id_header: "X-Id" })) : [];
  return [...of(null, {}), ...of(campaign, {}), ...mapped, ...decoded];
}

/** Whether an entry of a request is words about it, and not what is to be typed as it stands. */
function isTold(text: string): boolean {
  return /^(?:set by|shown|none:|one|its|the|this) /.test(text) || ["Body", "Signed", "Secret"].includes(text);
}

const KINDS = Object.keys(PLATFORMS) as (keyof typeof PLATFORMS)[];

describe("the steps of a guide", () => {
  it.each(KINDS)("of %s are in Spanish too", (kind) => {
    const known = new Set(GUIDE_TEXTS.map(([english]) => english));
    expect(textsOf(kind).filter((text) => !known.has(text))).toEqual([]);
  });

  it("are listed once each, and nothing that no guide says", () => {
    const said = new Set(KINDS.flatMap(textsOf));
    const listed = GUIDE_TEXTS.map(([english]) => english);
    expect(new Set(listed).size).toBe(listed.length);
    expect(listed.filter((text) => !said.has(text))).toEqual([]);
  });

  it("keep what is to be typed as it is", () => {
    for (const [english, spanish] of GUIDE_TEXTS) {
      const typed = english.match(/`[^`]+`/g) ?? [];
      for (const one of typed) expect(spanish, english).toContain(one);
    }
    expect(guideText("Make the webhook", "es")).toBe("Cree el webhook");
    expect(guideText("Make the webhook", "en")).toBe("Make the webhook");
  });
});
