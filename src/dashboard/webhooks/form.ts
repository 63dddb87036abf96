import {
  HIDDEN,
  profiles,
  SETTING_LIMITS,
  showHeaders,
  type EndpointOptions,
  type EndpointRow,
  type ProfileName,
} from "../../delivery";
import { numberText } from "../../lib/written-number";
import type { FieldErrors } from "../../ui/components/form";
import type { Language } from "../../ui/language";
import { webhookWords } from "../../ui/strings/webhooks";
import { wordsOf } from "../../ui/strings/define";
import { numberIn, unclear } from "../amount";
import type { Fields } from "../forms";

/** What the fields of a webhook's form hold, as texts. */
export type WebhookFields = {
  url: string;
  description: string;
  method: "POST" | "PUT";
  events: readonly string[];
  headers: string;
  template: string;
  ordering: EndpointRow["ordering"];
  timeout: string;
  rate: string;
  exhausted: "" | "park" | "hold";
};

export const BLANK: WebhookFields = {
  url: "",
  description: "",
  method: "POST",
  events: ["*"],
  headers: "",
  template: "",
  ordering: "call",
  timeout: "",
  rate: "",
  exhausted: "",
};

/** The names that a format's events can be chosen by. */
export function eventNamesOf(profile: ProfileName): string[] {
  const { eventTypes, aliases } = profiles[profile];
  const renamed = Object.entries(aliases).filter(([, types]) => types.length > 0);
  return renamed.length > 0 && eventTypes.length === 1 ? renamed.map(([alias]) => alias) : [...eventTypes];
}

export function fieldsOf(row: EndpointRow): WebhookFields {
  const { timeout, ratePerSecond, onExhausted } = row.settings;
  return {
    url: row.url,
    description: row.description ?? "",
    method: row.method,
    events: row.events,
    headers: Object.entries(showHeaders(row.headers))
      .map(([name, value]) => `${name}: ${value}`)
      .join("\n"),
    template: row.template ?? "",
    ordering: row.ordering,
    timeout: timeout === undefined ? "" : numberText(timeout / 1000),
    rate: ratePerSecond === undefined ? "" : numberText(ratePerSecond),
    exhausted: onExhausted ?? "",
  };
}

export function fieldsFrom(form: Fields): WebhookFields {
  const ordering = form.text("ordering");
  const exhausted = form.text("exhausted");
  return {
    url: form.text("url").trim(),
    description: form.text("description").trim(),
    method: form.text("method") === "PUT" ? "PUT" : "POST",
    events: form.all("events"),
    headers: normal(form.text("headers")).trim(),
    template: normal(form.text("template")),
    ordering: ordering === "endpoint" || ordering === "none" ? ordering : "call",
    timeout: form.text("timeout").trim(),
    rate: form.text("rate").trim(),
    exhausted: exhausted === "park" || exhausted === "hold" ? exhausted : "",
  };
}

const { timeout: timeoutLimits, ratePerSecond } = SETTING_LIMITS;
const LONGEST_URL = 2048;

/** What is wrong with a number that may be left out. */
function outside(field: string, text: string, min: number, max: number, language: Language): FieldErrors {
  const value = numberIn(text, language);
  if (text === "" || (value >= min && value <= max)) return [];
  const { numberWrong } = wordsOf(webhookWords, language);
  return [{ field, message: unclear(text, language) ?? numberWrong(String(min), String(max)) }];
}

/** The options that fields stand for, or what is wrong with a text before core sees it. */
export function optionsFrom(
  fields: WebhookFields,
  language: Language,
): {
  options: EndpointOptions & { url: string; events: readonly string[]; headers: Record<string, string> };
  errors: FieldErrors;
} {
  const words = wordsOf(webhookWords, language);
  const { headers, wrong } = headersFrom(fields.headers);
  const errors = [
    ...(fields.events.length === 0 ? [{ field: "events", message: words.chooseEvents }] : []),
    ...wrong.map((line) => ({ field: "headers", message: words.headerWrong(line.slice(0, 100)) })),
    ...(fields.url.length > LONGEST_URL ? [{ field: "url", message: words.tooLong }] : []),
    ...outside("timeout", fields.timeout, timeoutLimits.min / 1000, timeoutLimits.max / 1000, language),
    ...outside("rate", fields.rate, ratePerSecond.min, ratePerSecond.max, language),
  ];
  const numberOf = (text: string) => (text === "" ? null : numberIn(text, language));
  const timeout = numberOf(fields.timeout);
  return {
    errors,
    options: {
      url: fields.url,
      events: fields.events,
      description: fields.description === "" ? null : fields.description.slice(0, 500),
      method: fields.method,
      headers,
      template: fields.template.trim() === "" ? null : fields.template,
      ordering: fields.ordering,
      settings: {
        timeout: timeout === null ? null : Math.round(timeout * 1000),
        ratePerSecond: numberOf(fields.rate),
        onExhausted: fields.exhausted === "" ? null : fields.exhausted,
      },
    },
  };
}

/** Core names the part of a field that is wrong; here a field is one. */
export function fieldsNamed(errors: FieldErrors): FieldErrors {
  const named = { settings: "advanced", filters: "advanced" } as Record<string, string>;
  return errors.map(({ field, message }) => {
    const [first = "", second = ""] = field.split(".");
    if (first === "headers" && second !== "") return { field: "headers", message: `${second}: ${message}` };
    return { field: named[first] ?? first, message };
  });
}

function headersFrom(text: string): { headers: Record<string, string>; wrong: string[] } {
  const headers: Record<string, string> = {};
  const wrong: string[] = [];
  for (const line of text.split("\n").filter((one) => one.trim() !== "")) {
    const at = line.indexOf(":");
    if (at <= 0) wrong.push(line);
    else headers[line.slice(0, at).trim()] = line.slice(at + 1).trim();
  }
  return { headers, wrong };
}

/** Header values that stand for stored ones are not known to a preview. */
export function previewHeaders(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== HIDDEN));
}

/** Browsers send line ends as two characters. */
function normal(text: string): string {
  return text.replaceAll("\r\n", "\n");
}
