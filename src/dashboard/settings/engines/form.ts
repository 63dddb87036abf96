import { z } from "zod";
import {
  MICROS,
  MOST_OTHER_MODELS,
  type EngineInput,
  type EngineKind,
  type EngineRow,
  type OtherModel,
} from "../../../analysis";
import type { FieldErrors } from "../../../ui/components/form";
import { differing, type Difference } from "../../../ui/components/stale";
import type { Language } from "../../../ui/language";
import { wordsOf, type Words } from "../../../ui/strings/define";
import { engineWords } from "../../../ui/strings/engines";
import { numberText } from "../../../lib/written-number";
import { amountIn } from "../../amount";
import type { Fields } from "../../forms";

type EngineWords = Words<typeof engineWords>;

/** The form of an engine as it was sent, to be shown again; never its key. */
export type EngineForm = {
  name: string;
  kind: EngineKind;
  url: string;
  model: string;
  price: string;
  /** One a line, each with its price. */
  others: string;
};

export const NEW_ENGINE: EngineForm = { name: "", kind: "openai", url: "", model: "", price: "", others: "" };

const name = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/);
const url = z.url({ protocol: /^https?$/ }).max(500);
const model = z.string().max(100);
const key = z.string().max(500);
/** Dollars a minute. */
const PRICES = { least: 0, most: 10 };
const kind = z.enum(["openai", "deepgram", "llm", "http"]).catch("openai");

export function readEngineForm(form: Fields): EngineForm {
  return {
    name: form.text("name").trim().slice(0, 60),
    kind: kind.parse(form.text("kind")),
    url: form.text("url").trim().slice(0, 600),
    model: form.text("model").trim().slice(0, 200),
    price: form.text("price").trim().slice(0, 20),
    others: linesOf(form.text("others").slice(0, 4_000)).join("\n"),
  };
}

export function formOfEngine({ name: named, kind: of, settings }: EngineRow): EngineForm {
  const { url: at, model: as, microsPerMinute, otherModels = [] } = settings;
  const others = otherModels.map((one) => `${one.model} ${numberText(one.microsPerMinute / MICROS)}`).join("\n");
  const price = numberText(microsPerMinute / MICROS);
  return { name: named, kind: of, url: at ?? "", model: as ?? "", price, others };
}

function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim().replace(/\s+/g, " "))
    .filter((line) => line !== "");
}

/** A model and what a minute of it costs, the last word of a line; or what is wrong with the line. */
function otherIn(line: string, language: Language): OtherModel | { message: string } {
  const wrong = wordsOf(engineWords, language).othersWrong;
  const [, named = "", amount = ""] = /^(.+) (\S+)$/.exec(line) ?? [];
  if (named === "" || named.length > 100) return { message: wrong };
  const dollars = amountIn(amount, language, PRICES, wrong);
  return "message" in dollars ? dollars : { model: named, microsPerMinute: Math.round(dollars.value * MICROS) };
}

/** Where what is stored of an engine and what somebody entered are not the same. Keys are no part of it. */
export function differencesOf(
  words: EngineWords,
  { stored, entered }: { stored: EngineForm; entered: EngineForm },
): readonly Difference[] {
  const of = (field: "url" | "model" | "price" | "others") => ({
    label: words[field],
    stored: stored[field],
    entered: entered[field],
  });
  return differing([of("url"), of("model"), of("price"), of("others")]);
}

export type CheckedEngine = Omit<EngineInput, "key"> & { otherModels: OtherModel[] };

/** What may be saved of an engine, or what is wrong with the form. */
export function engineIn(form: EngineForm, language: Language): { input: CheckedEngine } | { errors: FieldErrors } {
  const words = wordsOf(engineWords, language);
  const lines = linesOf(form.others);
  const others = lines.map((line) => otherIn(line, language));
  const otherModels = others.flatMap((one) => ("message" in one ? [] : one));
  const badOther = others.find((one) => "message" in one);
  const names = new Set(otherModels.map((one) => one.model));
  const price = form.price === "" ? { value: null } : amountIn(form.price, language, PRICES, words.priceWrong);
  const wrong = [
    ["name", name.safeParse(form.name).success, words.nameWrong],
    ["url", form.url === "" || url.safeParse(form.url).success, words.urlWrong],
    ["url", form.url !== "" || form.kind === "deepgram", words.urlNeeded],
    ["model", model.safeParse(form.model).success, words.modelWrong],
    ["price", "value" in price, "message" in price ? price.message : ""],
    ["others", badOther === undefined, badOther?.message ?? ""],
    ["others", lines.length <= MOST_OTHER_MODELS, words.othersWrong],
    ["others", names.size === otherModels.length && !names.has(form.model), words.othersTwice],
    ["others", lines.length === 0 || form.kind !== "http", words.othersNone],
  ] as const;
  const errors = wrong.flatMap(([field, isRight, message]) => (isRight ? [] : [{ field, message }]));
  if (errors.length > 0 || "message" in price) return { errors };
  const dollars = price.value;
  return {
    input: {
      name: form.name,
      kind: form.kind,
      url: form.url === "" ? null : form.url,
      model: form.model === "" ? null : form.model,
      microsPerMinute: dollars === null ? null : Math.round(dollars * MICROS),
      otherModels,
    },
  };
}

/** The key that a form sent; undefined where the field was left empty, null where the key is to be taken away. */
export function keyIn(form: Fields): string | null | undefined {
  if (form.text("no-key") === "true") return null;
  const sent = form.text("key").trim();
  return sent === "" ? undefined : key.parse(sent.slice(0, 500));
}
