import type { CallFacts } from "../../calls";
import { digestOf } from "../../lib/id";
import { SECOND } from "../../lib/time";
import { toAmount, toText } from "../reading/coerce";
import type { FieldError, ReadingConfig } from "../contract";
import { directionOf } from "../reading/direction";
import { toE164 } from "../reading/phone-number";
import { customOf } from "./custom";
import { evaluatorOf, isFalsy } from "./evaluator";
import { parseExpression, rootsOf } from "./expression";
import { factReader, type FactReader } from "./fact-reader";
import { toMoment, toSeconds } from "./moment";
import { recordingsOf } from "./recordings";
import type { Fact, Mapping } from "./schema";
import { outcomeOf, type Outcome } from "./words";

const DEFAULT_TIME_ZONE = "UTC";
const MAX_ID = 200;
const MAX_SUMMARY = 20_000;
const MAX_TRANSCRIPT = 500_000;
const TIME = "must be a time: ISO 8601, RFC 1123, YYYY-MM-DD HH:MM:SS, DD/MM/YYYY HH:MM:SS, or a number of the epoch";
const LENGTH = "must be a length of time: a number, or H:MM:SS";

/**
 * What a mapping made of a body. `ignored`: `only_if` was not true. `unused`: fields at the top that no expression
 * begins at.
 */
export type Mapped = { facts: CallFacts | null; ignored: boolean; problems: FieldError[]; unused: string[] };

/** Reads the facts of a call out of a body. Everything that is wrong is reported at once; never throws. */
export async function mapBody(
  mapping: Mapping,
  body: Record<string, unknown>,
  kind: string,
  config: Pick<ReadingConfig, "id" | "settings">,
): Promise<Mapped> {
  const reader = factReader(evaluatorOf(body));
  const used = new Set(expressionsOf(mapping).flatMap(rootsIn));
  const unused = Object.keys(body).filter((name) => !used.has(name));
  const { problems } = reader;
  if (mapping.only_if !== undefined && isFalsy(reader.value("only_if", mapping.only_if))) {
    return { facts: null, ignored: problems.length === 0, problems, unused };
  }
  const externalId = await externalIdOf(reader, mapping.external_id);
  const facts = { ...factsOf(reader, mapping, kind, config), custom: customOf(reader, mapping.custom, body, unused) };
  return { facts: externalId === null ? null : { externalId, ...facts }, ignored: false, problems, unused };
}

function factsOf(
  reader: FactReader,
  mapping: Mapping,
  kind: string,
  { id: sourceId, settings }: Pick<ReadingConfig, "id" | "settings">,
): Omit<CallFacts, "externalId"> {
  const { time_zone: timeZone = DEFAULT_TIME_ZONE, country } = settings;
  const text = (field: string, fact: Fact | undefined, max?: number) =>
    reader.fact(field, fact, (value) => toText(value, max), "must be text");
  const moment = (field: string, fact: Fact | undefined) =>
    reader.fact(field, fact, (value, how) => toMoment(value, timeZone, how), TIME);
  const seconds = (field: string, fact: Fact | undefined) =>
    reader.fact(field, fact, (value, { unit }) => toSeconds(value, unit), LENGTH);
  const from = text("from", mapping.from);
  const to = text("to", mapping.to);
  const startedAt = moment("started_at", mapping.started_at);
  const endedAt = moment("ended_at", mapping.ended_at);
  const duration = seconds("duration", mapping.duration);
  const answeredAt = moment("answered_at", mapping.answered_at);
  const talk = seconds("talk", mapping.talk);
  const status = text("status", mapping.status);
  const reference = text("operator_reference", mapping.operator_reference, MAX_ID);
  return {
    outcome: weighed(outcomeIn(reader, mapping.outcome), { status, talk, answeredAt }),
    direction: reader.fact(
      "direction",
      mapping.direction,
      (value) => (toText(value) === null ? null : directionOf(value)),
      "must be inbound, outbound or internal: say which word means which under `values`",
    ),
    from,
    get fromE164() {
      return toE164(from, country);
    },
    to,
    get toE164() {
      return toE164(to, country);
    },
    startedAt,
    startedAtRaw: startedAt === null ? null : rawOf(reader, mapping.started_at),
    answeredAt,
    endedAt: endedAt ?? (startedAt === null || duration === null ? null : startedAt + Math.round(duration * SECOND)),
    durationSeconds: duration ?? lengthBetween(startedAt, endedAt),
    talkSeconds: talk,
    providerStatus: status,
    error: text("error", mapping.error),
    operatorName: text("operator", mapping.operator),
    // Ids of two systems may be alike; the source separates them.
    operatorReference:
      reference === null || /^[^:]+:[^:]+:./.test(reference) ? reference : `${kind}:${sourceId}:${reference}`,
    account: text("account", mapping.account, MAX_ID),
    campaignNumber: reader.fact("campaign_number", mapping.campaign_number, toNumber, "must be the campaign's number"),
    recordings: recordingsOf(reader, mapping.recordings),
    summary: text("summary", mapping.summary, MAX_SUMMARY),
    transcript: text("transcript", mapping.transcript, MAX_TRANSCRIPT),
  };
}

async function externalIdOf(reader: FactReader, wanted: Mapping["external_id"]): Promise<string | null> {
  const before = reader.problems.length;
  const parts = (Array.isArray(wanted) ? wanted : [wanted]).map((part) =>
    reader.fact("external_id", part, (value) => toText(value, MAX_ID * 10), "must be text or a number"),
  );
  if (parts.every((part) => part !== null)) {
    const id = parts.join(":");
    return id.length <= MAX_ID ? id : `long-${await digestOf([id])}`;
  }
  if (reader.problems.length === before)
    reader.wrong("external_id", "is missing: nothing is there to tell the call by", "required");
  return null;
}

// A notice whose state is not mapped is one of an ended call.
function outcomeIn(reader: FactReader, fact: Fact | undefined): Outcome | null {
  if (fact === undefined) return "ended";
  const read = (value: unknown): Outcome | null | undefined => {
    const word = toText(value);
    return typeof word === "string" ? outcomeOf(word) : word;
  };
  return reader.fact(
    "outcome",
    fact,
    read,
    "must be completed, failed or in_progress: say which word means which under `values`",
  );
}

/** The outcome of an end that does not report an answer, judged by the rest of the notice. */
function weighed(
  outcome: Outcome | null,
  { status, talk, answeredAt }: { status: string | null; talk: number | null; answeredAt: number | null },
): CallFacts["outcome"] {
  if (outcome !== "ended") return outcome;
  if ((talk ?? 0) > 0 || answeredAt !== null) return "completed";
  if (status !== null && outcomeOf(status) === "failed") return "failed";
  return talk === 0 ? "unanswered" : "ended";
}

function rawOf(reader: FactReader, fact: Fact | undefined): string | null {
  return reader.fact("started_at", fact, (value) => toText(value) ?? null, TIME);
}

function lengthBetween(startedAt: number | null, endedAt: number | null): number | null {
  return startedAt === null || endedAt === null || endedAt < startedAt
    ? null
    : (toSeconds((endedAt - startedAt) / SECOND) ?? null);
}

function toNumber(value: unknown): number | null | undefined {
  const number = toAmount(value);
  return typeof number !== "number" || Number.isSafeInteger(number) ? number : undefined;
}

function rootsIn(text: string): string[] {
  const parsed = parseExpression(text);
  return parsed.ok ? rootsOf(parsed.value) : [];
}

// `custom` counts where it names expressions. Those within a list's entries begin there, not at the top.
function expressionsOf({ custom, recordings, external_id: externalId, ...rest }: Mapping): string[] {
  const facts = [...(Array.isArray(externalId) ? externalId : [externalId]), ...Object.values(rest)];
  return [
    ...facts.flatMap((fact) =>
      typeof fact === "string" ? fact : fact !== undefined && "path" in fact ? fact.path : [],
    ),
    ...(recordings === undefined ? [] : [typeof recordings === "string" ? recordings : recordings.list]),
    ...(custom === undefined || custom === "*" ? [] : Object.values(custom)),
  ];
}
