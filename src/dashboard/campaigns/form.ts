import { z } from "zod";
import { PROCESSED_AFTER_MINUTES, type CampaignOptions, type CampaignRow } from "../../campaigns";
import type { FieldErrors } from "../../ui/components/form";
import { differing } from "../../ui/components/stale";
import type { Language } from "../../ui/language";
import { campaignWords } from "../../ui/strings/campaigns";
import { wordsOf, type Words } from "../../ui/strings/define";
import { numberIn, unclear } from "../amount";
import type { Fields } from "../forms";
import { linesOf } from "../lines";

type CampaignWords = Words<typeof campaignWords>;

/** What the fields of a campaign hold, as they are sent. */
export type CampaignFields = {
  name: string;
  autoAnalyze: boolean;
  engines: readonly string[];
  language: string;
  /** One a line. */
  keyterms: string;
  sumUp: boolean;
  topics: string;
  isEu: boolean;
  indicators: boolean;
  processedAfter: string;
};

const LONGEST_NAME = 200;
const MOST_ENGINES = 4;
const MOST_KEYTERMS = 100;
const MOST_TOPICS = 50;
const LONGEST_TOPIC = 60;
const LONGEST_KEYTERM = 100;
const language = z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/);
const minutes = z.number().int().min(1).max(1440);

export const NEW_CAMPAIGN: CampaignFields = {
  name: "",
  autoAnalyze: true,
  engines: [],
  language: "",
  keyterms: "",
  sumUp: false,
  topics: "",
  isEu: false,
  indicators: false,
  processedAfter: String(PROCESSED_AFTER_MINUTES),
};

export function fieldsIn(form: Fields): CampaignFields {
  return {
    name: form.text("name").trim(),
    autoAnalyze: form.text("autoAnalyze") === "true",
    engines: [...new Set(form.all("engine"))].slice(0, MOST_ENGINES + 1),
    language: form.text("language").trim(),
    keyterms: linesOf(form.text("keyterms")).join("\n"),
    sumUp: form.text("sumUp") === "true",
    topics: linesOf(form.text("topics")).join("\n"),
    isEu: form.text("isEu") === "true",
    indicators: form.text("indicators") === "true",
    processedAfter: form.text("processedAfter").trim() || NEW_CAMPAIGN.processedAfter,
  };
}

export function fieldsOf({ name, settings }: CampaignRow): CampaignFields {
  return {
    name,
    autoAnalyze: settings.autoAnalyze,
    engines: settings.engines ?? [],
    language: settings.language ?? "",
    keyterms: (settings.keyterms ?? []).join("\n"),
    sumUp: settings.sumUp ?? false,
    topics: (settings.topics ?? []).join("\n"),
    isEu: settings.policy === "eu",
    indicators: settings.indicators ?? false,
    processedAfter: String(settings.processedAfterMinutes ?? PROCESSED_AFTER_MINUTES),
  };
}

/** `known`: the engines that may be chosen. `shownIn`: the language of the page. */
export function errorsOf(fields: CampaignFields, known: readonly string[], shownIn: Language): FieldErrors {
  const words = wordsOf(campaignWords, shownIn);
  const terms = linesOf(fields.keyterms);
  const topics = linesOf(fields.topics);
  const wrong: (readonly [string, boolean, string])[] = [
    ["name", fields.name !== "", words.nameMissing],
    ["name", fields.name.length <= LONGEST_NAME, words.nameLong],
    ["engine", fields.engines.every((one) => known.includes(one)), words.engineUnknown],
    ["engine", fields.engines.length <= MOST_ENGINES, words.enginesMany],
    ["language", fields.language === "" || language.safeParse(fields.language).success, words.languageWrong],
    [
      "keyterms",
      terms.length <= MOST_KEYTERMS && terms.every(({ length }) => length <= LONGEST_KEYTERM),
      words.keytermsWrong,
    ],
    [
      "topics",
      topics.length <= MOST_TOPICS && topics.every(({ length }) => length <= LONGEST_TOPIC),
      words.topicsWrong,
    ],
    [
      "processedAfter",
      minutes.safeParse(numberIn(fields.processedAfter, shownIn)).success,
      unclear(fields.processedAfter, shownIn) ?? words.processedAfterWrong,
    ],
  ];
  return wrong.flatMap(([field, isRight, message]) => (isRight ? [] : [{ field, message }]));
}

/** What is saved of fields without errors. */
export function settingsIn(fields: CampaignFields, shownIn: Language): CampaignOptions {
  return {
    autoAnalyze: fields.autoAnalyze,
    engines: [...fields.engines],
    language: fields.language === "" ? null : fields.language,
    keyterms: linesOf(fields.keyterms),
    sumUp: fields.sumUp,
    topics: linesOf(fields.topics),
    policy: fields.isEu ? "eu" : null,
    indicators: fields.indicators,
    processedAfterMinutes: minutes.parse(numberIn(fields.processedAfter, shownIn)),
  };
}

/** What each field says, under its label. */
export function saidOf(fields: CampaignFields, words: CampaignWords): (readonly [label: string, text: string])[] {
  const yesOrNo = (is: boolean) => (is ? words.yes : words.no);
  return [
    [words.name, fields.name],
    [words.analysis, fields.autoAnalyze ? words.auto : words.manual],
    [words.engines, fields.engines.join(", ")],
    [words.language, fields.language],
    [words.keyterms, fields.keyterms],
    [words.sumUp, yesOrNo(fields.sumUp)],
    [words.topics, fields.topics],
    [words.indicators, yesOrNo(fields.indicators)],
    [words.policy, fields.isEu ? words.eu : words.noPolicy],
    [words.processedAfter, fields.processedAfter],
  ];
}

/** Where what is stored and what was entered differ, to be shown to whoever entered it. */
export function differencesOf(stored: CampaignFields, entered: CampaignFields, words: CampaignWords) {
  const said = saidOf(entered, words);
  return differing(
    saidOf(stored, words).map(([label, text], at) => ({ label, stored: text, entered: said[at]?.[1] ?? "" })),
  );
}
