import type { Language } from "../language";
import { pseudo, wordsOf } from "../strings/define";
import { failureWords } from "../strings/failures";
import { analysisFailures } from "./analyses";
import { deliveryFailures } from "./deliveries";
import type { Explained, Explanations } from "./explained";
import { noticeFailures } from "./notices";
import { recordingFailures } from "./recordings";
import { actionFailures, engineFailures } from "./work";

/** What a failure is of. `recordings`: of several, counted together. */
export type FailureSubject = "delivery" | "recording" | "recordings" | "notice" | "analysis" | "storage";

/** What a stored reason is of: also of one engine of an analysis, and of a post-call action. */
export type ReasonSubject = Exclude<FailureSubject, "storage"> | "engine" | "action";

const EXPLANATIONS: Record<ReasonSubject, Explanations<string>> = {
  delivery: deliveryFailures,
  recording: recordingFailures,
  recordings: recordingFailures,
  notice: noticeFailures,
  analysis: analysisFailures,
  engine: engineFailures,
  action: actionFailures,
};

/**
 * A stored failure. `who`: the host or the source it is of. `count`: of attempts, tries or requests. `event`: what came
 * of a request, or the state of a source.
 */
export type Failure = {
  about: FailureSubject;
  code: string;
  who: string;
  since: number | null;
  /** Whether `since` is the start of an hour that was counted as a whole: the first came at some time in it. */
  inHourSince?: true;
  count: number | null;
  status?: number | null;
  waiting?: number;
  event?: "refused" | "dead" | "quarantined" | "accepted" | "never" | "quiet" | "source_paused";
  /** What is behind it, of a storage: each kind of storage explains its own. */
  explained?: Record<"en" | "es", Explained>;
};

/** What is wrong, in one sentence, and in its parts. The code is the same in the API, on pages and in letters. */
export type FailureSentence = { code: string; what: string; likely: string; next: string; text: string };

/** How times and numbers are written where the sentence stands. */
export type Manner = { language: Language; number(value: number): string; when(at: number): string };

/** The one place that turns a failure into words. A code that it does not know is named as it is. */
export function sentenceOf(failure: Failure, manner: Manner): FailureSentence {
  const [likely, next] = explained(failure, manner.language);
  const what = whatOf(failure, manner);
  return { code: failure.code, what, likely, next, text: `${what} ${likely} ${next}` };
}

/** What likely is behind a code, and what to do, as one text; null for a code that speaks for itself. */
export function adviceOn(about: ReasonSubject, code: string, language: Language): string | null {
  return Object.hasOwn(EXPLANATIONS[about].en, code) ? explained({ about, code }, language).join(" ") : null;
}

/** The code that a stored reason begins with: `code: detail`. */
export function codeOfReason(reason: string | null): string {
  return /^([a-z_0-9]{1,60})(?::|$)/.exec(reason ?? "")?.[1] ?? "unknown";
}

/**
 * A stored reason, `code: what happened`, in its parts: the code, what is behind it and what to do, and what else it says. An
 * HTTP status is its own code.
 */
export function partsOfReason(about: ReasonSubject, reason: string | null, language: Language) {
  const said = reason ?? "";
  const status = /^HTTP \d{3}/.exec(said)?.[0];
  const known = codeOfReason(said);
  const shown = status ?? known;
  const advice = explained({ about, code: status === undefined ? known : "http" }, language).join(" ");
  const rest = said === shown ? "" : said.startsWith(`${shown}: `) ? said.slice(shown.length + 2) : said;
  return { code: shown, advice, rest };
}

/** What is explained: a failure, or a stored reason. */
type ToExplain = { about: FailureSubject | ReasonSubject; code: string; explained?: Failure["explained"] };

function explained({ about, code, explained: own }: ToExplain, language: Language): Explained {
  const written = language === "es" ? "es" : "en";
  const found = own?.[written] ?? (about === "storage" ? undefined : knownOf(about, code, written)) ?? ["", ""];
  return language === "pseudo" ? [pseudo(found[0]), pseudo(found[1])] : found;
}

function knownOf(about: ReasonSubject, code: string, language: "en" | "es"): Explained | undefined {
  const all = EXPLANATIONS[about][language];
  return (Object.hasOwn(all, code) ? all[code] : undefined) ?? all["unknown"];
}

function whatOf(failure: Failure, { language, number, when }: Manner): string {
  const words = wordsOf(failureWords, language);
  const { about, since, count, status = null, waiting = 0, event } = failure;
  const times = count === null || count < 1 ? "" : words[COUNTED[about]](number(count), count === 1);
  const from = since === null ? "" : failure.inHourSince ? words.sinceHour(when(since)) : words.since(when(since));
  const queue = waiting < 1 ? "" : words.waiting(number(waiting), waiting === 1);
  const facts = [times, from].filter(Boolean).join(" ");
  const subject = subjectOf(failure, words, status, event);
  const head = facts === "" ? subject : `${subject}: ${facts}`;
  return [`${head}.`, queue].filter(Boolean).join(" ");
}

const COUNTED = {
  delivery: "attempts",
  recording: "tries",
  recordings: "recordings",
  notice: "requests",
  analysis: "tries",
  storage: "tries",
} as const;

function subjectOf(
  { about, code, who }: Failure,
  words: ReturnType<typeof wordsOf<typeof failureWords.en>>,
  status: number | null,
  event: Failure["event"],
): string {
  switch (about) {
    case "delivery":
      if (code === "gone" || code === "failing" || code === "off") return words.isOff(who);
      if (code === "undelivered") return words.takesNoMore(who);
      if (code === "slow_answers") return words.isSlow(who);
      if (code === "own_template") return words.noBody(who);
      if (code === "not_public") return words.notSent(who);
      if (code === "no_name") return words.noAddress(who);
      if (code === "connection_refused") return words.refusesConnections(who);
      if (code === "bad_certificate" || code === "plain_http") return words.noSecureConnection(who);
      return status === null ? words.noAnswer(who) : words.answers(who, String(status));
    case "recording":
    case "recordings":
      return words.noRecording(who);
    case "analysis":
      return words.notAnalysed(who);
    case "storage":
      return words.notRead(who);
    case "notice":
      switch (event) {
        case "never":
          return words.nothingCame(who);
        case "quiet":
          return words.nothingComes(who);
        case "source_paused":
          return words.isPaused(who);
        case "dead":
          return words.givenUp(who);
        case "quarantined":
          return words.waitForCampaign(who);
        case "accepted":
          return words.takenWithWarning(who);
        default:
          return words.turnedAway(who);
      }
  }
}
