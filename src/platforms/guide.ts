import type { CommonSettings } from "./settings";

/** What a guide is written from: one source, as it is reached. */
export type GuideContext<S extends CommonSettings = CommonSettings> = {
  /** The address notices go to, complete. */
  webhookUrl: string;
  /** Our public origin, without a trailing slash: for recipes that use the API. */
  publicUrl: string;
  source: { id: string; name: string; settings: S };
  /**
   * The campaign the source is bound to; where each call names its own, the one its reader asked about. Null: none yet.
   */
  campaign: { id: string; number: number; name: string } | null;
};

/** One thing to copy, as a name and a value. `secret`: the value is a placeholder for what only its owner has. */
export type GuideEntry = { name: string; value: string; note?: string; secret?: boolean };

/** A text to paste somewhere: a body template, a script, a command. */
export type GuideSnippet = { title: string; language: "json" | "sh" | "xml" | "ini" | "text"; text: string };

/**
 * An answer to the platform. A `reason` beside status 200 is why no call comes of the notice; null there: it is stored.
 */
export type GuideAnswer = { status: number; reason: string | null; meaning: string };

/** What to do on the platform's side to connect one source: ready to be shown on a screen. */
export type Guide = {
  title: string;
  /** In one or two sentences: what will happen once this is set up. */
  summary: string;
  /** What is needed before beginning. */
  before: string[];
  /** The request the platform is to send, field by field as its own form asks for it. */
  request: GuideEntry[];
  headers: GuideEntry[];
  /** What to paste, in the order it is needed. */
  snippets: GuideSnippet[];
  steps: { title: string; text: string }[];
  /** The fields of a notice and what they are for. `variable` is the platform's own placeholder. */
  variables: { field: string; variable: string; purpose: string; required: boolean }[];
  /** How what comes is understood, where the variables do not say it already. */
  reading: { what: string; meaning: string }[];
  rules: string[];
  /** What the platform is answered. */
  answers: GuideAnswer[];
  /** What happens once it is set up. */
  next: string[];
  /** What to look at when nothing comes. */
  trouble: { symptom: string; remedy: string }[];
};
