import { describe, expect, it } from "vitest";
import type { GuideContext } from "../../src/platforms";
import { nameOf, type SourceCase } from "./source-case";

const PUBLIC_URL = "https://calls.example.test:8443";
const CAMPAIGN = { id: "cmp_0123456789abcdefghijklmnop", number: 73_519, name: "Renewals north" };
/** Placeholders that the guide's reader or the platform fills in. */
const VARIABLES = /\{\{[^{}]*\}\}|<[A-Z][A-Z_ ]*>|\$\{[^{}]*\}|%\{[^{}]*\}/g;

/** What a guide is judged by: a whole case, or as much of one as a source without a webhook has. */
type Guided = Pick<SourceCase, "name" | "source"> & {
  config: Pick<SourceCase["config"], "id" | "settings" | "secrets">;
};

/** That the guide of a source can be shown: complete, without holes, and with what is to be copied in it. */
export function guideContract({ source, config, ...given }: Guided): void {
  const { kind } = source;
  const webhookUrl = `${PUBLIC_URL}/webhook/${kind}/${config.id}`;
  const contexts: GuideContext[] = [null, CAMPAIGN].flatMap((campaign) =>
    [config.settings, {}].map((settings) => ({
      webhookUrl,
      publicUrl: PUBLIC_URL,
      source: { id: config.id, name: "Office phones", settings },
      campaign,
    })),
  );

  describe(`source ${nameOf({ source, ...given })}: guide`, () => {
    it("holds the address its platform is to send to", () => {
      const { hostname, pathname, port } = new URL(webhookUrl);
      for (const context of contexts) {
        const text = JSON.stringify(source.guide(context));
        const inParts = [hostname, pathname, port].every((part) => text.includes(part));
        expect(text.includes(webhookUrl) || inParts).toBe(true);
      }
    });

    it("has a text wherever one belongs, and no hole in any", () => {
      for (const context of contexts) {
        const guide = source.guide(context);
        // A field of a format of ours has no placeholder of the platform.
        const variables = guide.variables.map(({ variable: _placeholder, ...rest }) => rest);
        for (const text of textsOf({ ...guide, variables })) expect(text.trim()).not.toBe("");
        for (const text of textsOf(guide)) expect(text).not.toMatch(/undefined|\[object|NaN/);
        for (const text of [guide.title, guide.summary, ...guide.request.map((entry) => entry.value)])
          expect(text).not.toMatch(/\bnull\b/);
        expect(guide.title).toContain("Office phones");
        for (const part of ["before", "request", "steps", "rules", "answers", "next", "trouble"] as const)
          expect([part, guide[part].length]).not.toEqual([part, 0]);
      }
    });

    it("is the same whenever it is asked for, and of no depth or length that a screen could not show", () => {
      for (const context of contexts) {
        const guide = source.guide(context);
        expect(source.guide(context)).toEqual(guide);
        expect(JSON.parse(JSON.stringify(guide))).toEqual(guide);
        expect(JSON.stringify(guide).length).toBeLessThan(60_000);
      }
    });

    if (source.authentication === "api_key" && source.namesCampaign) {
      it("fills in the campaign's number where the platform is to send it", () => {
        const text = JSON.stringify(source.guide({ ...contexts[0]!, campaign: CAMPAIGN }));
        expect(text).toContain(String(CAMPAIGN.number));
      });
    }

    it("names the largest body that is taken", () => {
      for (const context of contexts) {
        const answer = source.guide(context).answers.find(({ reason }) => reason === "body_too_large");
        if (answer) expect(answer.meaning).toContain(`More than ${sizeOf(source.bodyCap)};`);
        expect(answer === undefined).toBe(source.authentication === "api_key" && source.webhook === false);
      }
    });

    it("has snippets that are what they say", () => {
      for (const context of contexts) {
        for (const { language, text } of source.guide(context).snippets) {
          if (language === "json") expect(() => parse(text)).not.toThrow();
        }
      }
    });

    it("names each field once", () => {
      for (const context of contexts) {
        const fields = source.guide(context).variables.map((variable) => variable.field);
        expect(new Set(fields).size).toBe(fields.length);
      }
    });

    it("shows no secret", () => {
      for (const context of contexts) {
        const text = JSON.stringify(source.guide(context));
        for (const secret of config.secrets) expect(text).not.toContain(secret);
      }
    });
  });
}

function sizeOf(bytes: number): string {
  return bytes < 1_048_576 ? `${bytes / 1024} kB` : `${bytes / 1_048_576} MiB`;
}

/** A placeholder may stand within quotes, or be a value of its own. */
function parse(text: string): unknown {
  return JSON.parse(text.replaceAll(VARIABLES, "1"));
}

function* textsOf(value: unknown): Generator<string> {
  if (typeof value === "string") yield value;
  else if (typeof value === "object" && value !== null) for (const inner of Object.values(value)) yield* textsOf(inner);
}
