import type { Guide } from "../guide";
import { optional, required } from "../guide-pieces";
import type { Fact, Mapping } from "./schema";

/** A notice in Trunkline's own format, to paste and change. */
export const SAMPLE_NOTICE = {
  external_id: "call-1001",
  outcome: "completed",
  direction: "inbound",
  from: "+541155550100",
  to: "+541155550199",
  started_at: "2026-08-20T14:00:00Z",
  duration_seconds: 125,
  operator: "Lucía Fernández",
  recording_url: "https://pbx.example.com/recordings/call-1001.mp3",
  custom: { queue: "Renewals" },
};

const OWN_FORMAT: Guide["variables"] = [
  required("external_id", "Identifies the call; the same in every notice of a call."),
  optional(
    "outcome",
    "completed, failed, in_progress, or unknown for a notice that says nothing of it. Left out: completed.",
  ),
  optional("direction", "inbound, outbound or internal."),
  optional("from", "Who called, as a phone number or extension."),
  optional("to", "Who was called."),
  optional("started_at", "When the call began. Also answered_at and ended_at."),
  optional("duration_seconds", "How long it took. talk_seconds: how long they talked."),
  optional("operator", "The human agent, by name."),
  optional("operator_reference", "What the platform calls that agent: an id, a login."),
  optional("recording_url", "Where the recording is. Several: recordings, a list of links or of { id, url }."),
  optional("account", "The line, site or queue, where the source maps these to campaigns."),
  optional("campaign_number", "The campaign's number, where the source has no campaign."),
  optional("provider_status", "The platform's own word for how it ended. error: what went wrong."),
  optional("summary", "What was said, in short. transcript: in full."),
  optional("custom", "An object of whatever else is to be kept. So is every other field."),
];

/** The facts of a notice and where this source finds them: by its mapping, or in Trunkline's own format. */
export function variablesOf(mapping: Mapping | undefined): Guide["variables"] {
  if (mapping === undefined) return OWN_FORMAT;
  const { recordings, custom, external_id: externalId, ...rest } = mapping;
  const id = Array.isArray(externalId) ? externalId.join(", ") : textOf(externalId);
  const list = typeof recordings === "object" ? recordings.list : recordings;
  return [
    mapped("external_id", id, true),
    ...Object.entries(rest).map(([fact, how]) => mapped(fact, textOf(how))),
    ...(list === undefined ? [] : [mapped("recordings", list)]),
    ...Object.entries(typeof custom === "object" ? custom : {}).map(([name, path]) => mapped(`custom.${name}`, path)),
  ];
}

export const MAPPED_READING: Guide["reading"] = [
  {
    what: "A field the mapping does not name",
    meaning: "Without a mapping it is kept under `custom`; with one, `custom` says what is.",
  },
];

export const MAPPED_NEXT = [
  "The call appears as soon as its notice has come.",
  "Its recording is fetched and kept.",
  "Its task is created, ready for review, and the call is analysed.",
];

export const MAPPED_TROUBLE: Guide["trouble"] = [
  {
    symptom: "422 unreadable_values",
    remedy:
      "The notice does not fit the mapping. The answer names every field; try the mapping on that notice (POST /v1/sources/{id}/try).",
  },
  {
    symptom: "Calls without a recording",
    remedy:
      "The mapping's recordings finds no link in the notice, or the link cannot be fetched: see the call's recordings.",
  },
  {
    symptom: "Calls in quarantine",
    remedy: "The source has no campaign, and the notice names none: bind the source to one.",
  },
  { symptom: "Times are off by hours", remedy: "Set the source's time zone, or send times with an offset." },
];

/** The command that tries this source's mapping on a sample. */
export function trySnippet(publicUrl: string, sourceId: string): Guide["snippets"][number] {
  return {
    title: "Try a notice without storing anything",
    language: "sh",
    text: `curl -sS -X POST ${publicUrl}/v1/sources/${sourceId}/try \\
  -H "X-API-Key: YOUR_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '${JSON.stringify({ sample: SAMPLE_NOTICE })}'`,
  };
}

function mapped(fact: string, variable: string, isRequired = false): Guide["variables"][number] {
  const purpose = fact === "only_if" ? "Notices of which it is not true are ignored." : "Found there, by the mapping.";
  return { field: fact, variable, purpose, required: isRequired };
}

function textOf(fact: Fact): string {
  if (typeof fact === "string") return fact;
  return "const" in fact ? `always "${String(fact.const)}"` : fact.path;
}
