import { z } from "zod";
import { judge, type Condition, type Evidence, type KnownOfCall } from "../../analysis";
import type { Criterion } from "../scorecards";
import type { EngineAnswer } from "./kept";
import type { EngineLink } from "./link";

/** What a question to a language model, asked by a post-call action, came to. */
export type Asked = { action: string; engine: string; answer: unknown };

const LONGEST_QUOTE = 500;
/** Of scores, which are parts of this. */
const WHOLE = 100;
/** What stands for the rules of Trunkline among engines. */
const OWN_ENGINE = "trunkline";

/** What engines answer to a criterion; undefined where they cannot know, or answer what it does not take. */
export function engineAnswerTo(
  one: Criterion & { engine: EngineLink },
  known: KnownOfCall,
  asked: readonly Asked[],
): EngineAnswer | undefined {
  const found = answerBy(one, known, asked);
  return found && fits(one, found.value) ? found : undefined;
}

function answerBy(
  { engine: link, max = 0 }: Criterion & { engine: EngineLink },
  known: KnownOfCall,
  asked: readonly Asked[],
): EngineAnswer | undefined {
  switch (link.by) {
    case "conditions": {
      const { holds, evidence } = judged(link.conditions, known);
      if (holds) return { value: link.met, engine: OWN_ENGINE, ...proofOf(evidence, known) };
      return holds === false && link.unmet !== null
        ? { value: link.unmet, engine: OWN_ENGINE, quote: null, at_seconds: null, note: null }
        : undefined;
    }
    case "score": {
      const { name, speaker } = link;
      const { evidence } = judged([{ kind: "score", name, speaker, at_least: -1_000, at_most: null }], known);
      const [found] = evidence;
      if (found?.kind !== "score") return undefined;
      const value = Math.round((Math.min(WHOLE, Math.max(0, found.value)) / WHOLE) * max);
      return { value, engine: found.engine, ...proofOf(evidence, known) };
    }
    case "question":
      return answerOfQuestion(link, asked);
  }
}

function judged(conditions: readonly Condition[], known: KnownOfCall) {
  return judge({ id: "", name: "", version: 1, weight: 0, script: null, conditions: [...conditions] }, known);
}

type Proof = Pick<EngineAnswer, "quote" | "at_seconds" | "note">;

/** Of what proves it the first that was said, else the first figure. */
function proofOf(evidence: readonly Evidence[], known: KnownOfCall): Proof {
  const said = evidence.find((one) => one.kind === "phrase");
  if (said?.kind === "phrase") return { quote: said.quote.slice(0, LONGEST_QUOTE), at_seconds: said.at, note: null };
  const figure = evidence.find((one) => one.kind === "score" || one.kind === "measure");
  if (figure?.kind !== "score" && figure?.kind !== "measure") return { quote: null, at_seconds: null, note: null };
  const quote = figure.kind === "score" ? quoteOf(figure, known) : undefined;
  return {
    quote: quote?.text.slice(0, LONGEST_QUOTE) ?? null,
    at_seconds: secondsOf(quote?.start ?? null),
    note: `${figure.name} ${figure.value}`,
  };
}

function quoteOf({ name, engine }: { name: string; engine: string }, { scoreSets }: KnownOfCall) {
  return scoreSets
    .filter((set) => set.engine === engine)
    .flatMap(({ channels }) => channels.flatMap(({ scores }) => scores))
    .find((score) => score.name === name && score.quote !== undefined)?.quote;
}

function secondsOf(milliseconds: number | null): number | null {
  return milliseconds === null ? null : Math.round(milliseconds / 100) / 10;
}

const fields = z.record(z.string(), z.unknown());

function answerOfQuestion(
  { action, field, quote_field: quoteField }: Extract<EngineLink, { by: "question" }>,
  asked: readonly Asked[],
): EngineAnswer | undefined {
  const found = asked.find((one) => one.action === action);
  const answer = fields.safeParse(found?.answer).data;
  const value = answer?.[field];
  const said = quoteField === undefined ? undefined : answer?.[quoteField];
  const quote = typeof said === "string" && said.trim() !== "" ? said.trim().slice(0, LONGEST_QUOTE) : null;
  const plain = typeof value === "boolean" ? (value ? "yes" : "no") : value;
  if (!found || (typeof plain !== "string" && typeof plain !== "number")) return undefined;
  return { value: plain, engine: found.engine, quote, at_seconds: null, note: null };
}

/** Whether a criterion takes an answer. A scale takes whole points. */
function fits({ kind, max = 0, options = [] }: Criterion, value: string | number): boolean {
  switch (kind) {
    case "yes_no":
      return value === "yes" || value === "no";
    case "scale":
      return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= max;
    case "choice":
      return options.some(({ id }) => id === value);
    case "text":
      return typeof value === "string" && value.length <= 4_000;
  }
}
