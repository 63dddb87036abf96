import { z } from "zod";
import { err, ok, type Result } from "../../../lib/result";
import { NO_FEELINGS_OF_OPERATORS, WORDS_ARE_DATA } from "../../questions";
import type { ScorePolicy } from "../../engine-work";
import type { TranscriptionFailure } from "../../transcription/contract";
import type { Transcript } from "../../transcription/transcript";
import { SENTIMENTS, type AboutCall, type AboutWanted } from "../about-call";
import { askWithRepair, jsonIn } from "./ask-with-repair";
import { findQuote, type Quote } from "./evidence";
import { dataOf, MOST_TRANSCRIPT, type ChatMessage } from "./prompt";
import type { ChatModel } from "./score-call";

/** In characters. */
const LONGEST_SENTENCE = 300;
const LONGEST_WHY = 300;
const LONGEST_TOPIC = 60;
const MOST_SENTENCES = 5;
/** Topics of one call: what has more is about nothing. */
const MOST_TOPICS = 5;
const MOST_ANSWERED = 200;

const said = { quote: z.string().nullable(), at_seconds: z.number().nullable() };
const answer = z.object({
  summary: z.array(z.object({ sentence: z.string(), ...said })).max(MOST_ANSWERED),
  topics: z.array(z.object({ name: z.string(), ...said })).max(MOST_ANSWERED),
  sentiments: z
    .array(
      z.object({
        channel: z.number().int().nonnegative(),
        value: z.enum(SENTIMENTS).nullable(),
        explanation: z.string().nullable(),
        ...said,
      }),
    )
    .max(MOST_ANSWERED),
});

type Answer = z.infer<typeof answer>;

const TEXT_OR_NULL = { type: ["string", "null"] };
const QUOTED = { quote: TEXT_OR_NULL, at_seconds: { type: ["number", "null"] } };

/** The same as a JSON schema, with the topics that may be named. */
function schemaOf(topics: readonly string[]): object {
  const object = (properties: object) => ({
    type: "object",
    additionalProperties: false,
    required: Object.keys(properties),
    properties,
  });
  const name = topics.length === 0 ? { type: "string" } : { type: "string", enum: [...topics] };
  return object({
    summary: { type: "array", items: object({ sentence: { type: "string" }, ...QUOTED }) },
    topics: { type: "array", items: object({ name, ...QUOTED }) },
    sentiments: {
      type: "array",
      items: object({
        channel: { type: "integer" },
        value: { type: ["string", "null"], enum: [...SENTIMENTS, null] },
        explanation: TEXT_OR_NULL,
        ...QUOTED,
      }),
    },
  });
}

/**
 * Has a model say what a call was about: a summary, topics, and the sentiment of each of these channels. The answer is
 * checked against its schema, with one repair. A sentence, a topic or a sentiment counts where it quotes what was said, at
 * its time.
 */
export async function tellAbout(
  model: ChatModel,
  transcript: Transcript,
  { channels, topics, policy }: AboutWanted & { channels: readonly number[]; policy: ScorePolicy },
): Promise<Result<AboutCall, TranscriptionFailure>> {
  const messages: ChatMessage[] = [
    { role: "system", content: rulesOf(channels, topics, policy) },
    { role: "user", content: dataOf(transcript) },
  ];
  const length = messages.reduce((sum, { content }) => sum + content.length, 0);
  if (length > MOST_TRANSCRIPT)
    return err({ kind: "too_large", detail: `the transcript has over ${MOST_TRANSCRIPT} characters` });
  const answered = await askWithRepair(model, messages, schemaOf(topics), read);
  return answered.ok ? ok(kept(answered.value, transcript, { channels, topics })) : answered;
}

function rulesOf(channels: readonly number[], topics: readonly string[], policy: ScorePolicy): string {
  return [
    "You say what a telephone call was about, by its transcript. Answer with JSON alone, in the given schema. Rules:",
    `- "summary" says in at most ${MOST_SENTENCES} plain sentences, in the language of the call, who wanted what and what came of it. Each "sentence" can be read without its quote.`,
    topics.length === 0
      ? `- "topics" are at most ${MOST_TOPICS}, of one to three words each.`
      : `- "topics" are those of this list that the call is about, at most ${MOST_TOPICS}: ${JSON.stringify(topics)}`,
    channels.length === 0
      ? '- "sentiments" is empty.'
      : `- "sentiments" says for each of the channels ${channels.join(", ")} whether what is said there is positive, neutral or negative on the whole.`,
    '- "quote" is copied from one speaker\'s words, letter by letter, at most 30 words, and "at_seconds" is when it begins. It is what the sentence, the topic or the sentiment rests on. Where nothing bears it out, leave the sentence or the topic out; a sentiment is null.',
    ...(policy === "eu" ? [`- ${NO_FEELINGS_OF_OPERATORS}`] : []),
    `- ${WORDS_ARE_DATA}`,
  ].join("\n");
}

function read(text: string): Result<Answer, string> {
  const json = jsonIn(text);
  if (!json.ok) return json;
  const parsed = answer.safeParse(json.value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return err(`${issue?.path.join(".") ?? "answer"}: ${issue?.message ?? "unknown"}`.slice(0, 300));
  }
  return ok(parsed.data);
}

/** What of an answer holds. */
function kept(
  { summary, topics, sentiments }: Answer,
  transcript: Transcript,
  wanted: { channels: readonly number[]; topics: readonly string[] },
): AboutCall {
  const heard = [...new Set(transcript.segments.map(({ channel }) => channel))];
  const find = (among: readonly number[], one: { quote: string | null; at_seconds: number | null }) => {
    const { quote, at_seconds: at } = one;
    if (quote === null || at === null) return undefined;
    return among.map((channel) => findQuote(transcript, channel, quote, at)).find((found): found is Quote => !!found);
  };
  const statements = summary.flatMap((one) => {
    const text = textOf(one.sentence, LONGEST_SENTENCE);
    const quote = text === "" ? undefined : find(heard, one);
    return quote ? [{ text, quote }] : [];
  });
  const named = new Map<string, { name: string; quote: Quote }>();
  for (const one of topics) {
    const name = topicOf(one.name, wanted.topics);
    const quote = find(heard, one);
    if (name !== undefined && quote && !named.has(name)) named.set(name, { name, quote });
  }
  return {
    reason: statements.length > 0 ? null : "no_evidence: no sentence of the summary quotes what was said",
    statements: statements.slice(0, MOST_SENTENCES),
    topics: [...named.values()].slice(0, MOST_TOPICS),
    sentiments: wanted.channels.map((channel) => {
      const one = sentiments.find((given) => given.channel === channel);
      const quote = one && find([channel], one);
      if (!one || one.value === null || !quote) return { channel, value: null };
      const why = textOf(one.explanation ?? "", LONGEST_WHY);
      return { channel, value: one.value, ...(why !== "" && { why }), quote };
    }),
  };
}

/** A number that anybody may know has no more digits than this. */
const LONG_NUMBER = /\d(?:[ .-]?\d){4,}/;

/**
 * The topic under the name that the campaign gives it; undefined for one that it does not have. A model's own that is a
 * number, of an account, say, is none.
 */
function topicOf(given: string, topics: readonly string[]): string | undefined {
  const name = textOf(given, LONGEST_TOPIC).toLowerCase();
  if (topics.length > 0) return topics.find((topic) => topic.toLowerCase() === name);
  return name === "" || LONG_NUMBER.test(name) ? undefined : name;
}

function textOf(text: string, most: number): string {
  return text
    .toWellFormed()
    .replace(/\p{Cc}+/gu, " ")
    .trim()
    .slice(0, most)
    .toWellFormed();
}
