import type { PlatformFindings, PlatformReview, PlatformRisk, PlatformScores } from "../../calls";
import { toAmount, toText } from "../reading/coerce";
import { firstOf, firstText, readSeconds } from "../reading/fields";
import { fieldsOf, type Fields } from "../reading/json-object";
import { readScores } from "../reading/scores";
import type { AuthentiVoiceEvent, Payload } from "./map";

// The seed prints no field of an event's context. These are the names that AuthentiVoice's documentation uses of a
// result (`fraud_score`, `fraud_indicators`, `risk_level`), those that Trunkline sends, and either spelling of both.
const NAMES = {
  version: ["engineVersion", "engine_version", "modelVersion", "model_version"],
  risk: ["riskScore", "risk_score", "fraudScore", "fraud_score"],
  evidence: ["fraudIndicators", "fraud_indicators", "indicators", "riskEvidence"],
  scores: ["scores"],
  talk: ["measures.talkSeconds", "talkSeconds", "talk_seconds"],
  by: ["reviewer", "reviewerName", "reviewer_name", "reviewedBy", "assignee", "assignedTo", "assigned_to"],
  result: ["decision", "result", "outcome", "action", "verdict", "status"],
  note: ["comment", "comments", "notes", "note", "reason"],
} as const;

const HIGHEST_RISK = 100;
const MOST_CHANNELS = 8;
const MOST_EVIDENCE = 20;
const LONGEST_EVIDENCE = 300;
const LONGEST_NOTE = 1_000;

/** What AuthentiVoice found, or its reviewers decided; null for an event that says neither. */
export function findingsOf(event: AuthentiVoiceEvent, payload: Payload, at: number | null): PlatformFindings | null {
  const said = new Map([...payload.metadata, ...payload.changes]);
  const findings = {
    version: firstText(said, NAMES.version, 100),
    at,
    error: null,
    channels: event.startsWith("analysis.") ? channelsOf(said) : null,
    risk: riskOf(event, said),
    review: event.startsWith("review.") ? reviewOf(event, said) : null,
  };
  return findings.channels || findings.risk || findings.review ? findings : null;
}

function riskOf(event: AuthentiVoiceEvent, said: Fields): PlatformRisk | null {
  const level = event === "fraud.critical" ? "critical" : event === "fraud.high_risk" ? "high" : null;
  const given = toAmount(firstOf(said, NAMES.risk));
  // What is not on the scale of 0 to 100 is no figure that could be compared with others.
  const score = typeof given === "number" && given <= HIGHEST_RISK ? given : null;
  return level === null && score === null ? null : { score, level, evidence: evidenceOf(said) };
}

function evidenceOf(said: Fields): string[] {
  const given = firstOf(said, NAMES.evidence);
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  return list.slice(0, MOST_EVIDENCE).flatMap((one) => {
    const named = fieldsOf(one);
    const text = named
      ? firstText(named, ["description", "name", "type"], LONGEST_EVIDENCE)
      : toText(one, LONGEST_EVIDENCE);
    return text ? [text] : [];
  });
}

/** Scores by name, of each channel or of the one there is. */
function channelsOf(said: Fields): PlatformScores[] | null {
  const given = firstOf(said, NAMES.scores);
  const sides: readonly unknown[] = Array.isArray(given) ? given.slice(0, MOST_CHANNELS) : [given];
  const talk = firstOf(said, NAMES.talk);
  const channels = sides.map((side, at) => ({
    scores: readScores(fieldsOf(side) ?? []),
    talkSeconds: Array.isArray(talk) ? readSeconds(talk[at]) : null,
  }));
  return channels.some(({ scores }) => Object.keys(scores).length > 0) ? channels : null;
}

function reviewOf(event: string, said: Fields): PlatformReview {
  return {
    event,
    by: firstText(said, NAMES.by),
    result: firstText(said, NAMES.result),
    note: firstText(said, NAMES.note, LONGEST_NOTE),
  };
}
