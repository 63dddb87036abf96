import type { Guide, GuideAnswer, GuideContext, GuideEntry, GuideSnippet } from "./guide";

/** What the guides of several platforms say in the same words. */

type Variable = Guide["variables"][number];

/** A field that every notice must hold; `variable` is the platform's placeholder, where that is not its name. */
export function required(field: string, purpose: string, variable = field): Variable {
  return { field, variable, purpose, required: true };
}

/** A field that a notice may hold. */
export function optional(field: string, purpose: string, variable = field): Variable {
  return { field, variable, purpose, required: false };
}

export const NEEDS_API_KEY = "An API key of Trunkline.";

export const MAKE_API_KEY = {
  title: "Make an API key",
  text: "Make one under API keys that may do nothing but send notices (`notices:write`), and copy it: it is shown once.",
};

/** The same for a script that uploads recordings. */
export const MAKE_UPLOAD_KEY = {
  title: MAKE_API_KEY.title,
  text: "Make one under API keys that may do nothing but upload and send notices (`uploads:write`, `notices:write`), and copy it: it is shown once.",
};

export const MAKE_A_CALL = { title: "Call", text: "Make a short recorded call and look into the inbound log." };

/** Where a call ends up whose recording is fetched. */
export const ENDS_IN_REVIEW = ["Its recording is fetched and kept.", "Its task is created, ready for review."];

export function apiKeyHeader(note: string): GuideEntry {
  return { name: "X-API-Key", value: "YOUR_API_KEY", secret: true, note };
}

/** Which campaign the calls of a source go to. `unless`: what else may name one. */
export function campaignLine(campaign: GuideContext["campaign"], unless = ""): string {
  return campaign
    ? `The calls go to Campaign #${campaign.number}, ${campaign.name}${unless && `, unless ${unless}`}.`
    : "A campaign: bind the source to one.";
}

/** What this source is to be given in Trunkline: the values stand for what the platform shows. */
type Given = {
  title: string;
  /** The secret it signs with, where that is not ours. */
  secret?: string;
  credentials?: Record<string, string>;
  settings?: Record<string, string | boolean>;
};

/** The commands that give Trunkline what the platform made up. `$KEY` is an API key of the organization. */
export function giveTrunkline(
  { publicUrl, source }: Pick<GuideContext, "publicUrl" | "source">,
  { title, secret, credentials, settings }: Given,
): GuideSnippet {
  const send = (method: string, path: string, body: object) =>
    `curl -sS -X ${method} ${publicUrl}/v1/sources/${source.id}${path} -H "X-API-Key: $KEY" \\
  -H "Content-Type: application/json" -d '${JSON.stringify(body)}'`;
  const changed = { ...(credentials && { credentials }), ...(settings && { settings }) };
  const text = [
    ...(secret === undefined ? [] : [send("POST", "/rotate-secret", { secret, keep_previous: false })]),
    ...(Object.keys(changed).length === 0 ? [] : [send("PATCH", "", changed)]),
  ].join("\n");
  return { title, language: "sh", text };
}

type OwnAnswers = {
  /** The largest body taken, in bytes. */
  bodyCap: number;
  /** Whether its bodies are JSON and nothing else. */
  json?: false;
  /** Why a sender is not believed: reasons that the inbound log shows, where the answer says `unauthorized`. */
  unauthorized: Record<string, string>;
  /** Answers that only this platform gets. */
  more?: GuideAnswer[];
  /** What must be there; null where nothing must. */
  missing: string | null;
  /** What values must be, where they are checked. */
  values?: string;
  /** Why no call comes of a notice. */
  ignored?: Record<string, string>;
  /** What the platform does after a 503. */
  again?: string;
};

/** What a platform is answered: its own reasons among those that all share. */
export function answersOf({
  bodyCap,
  json,
  unauthorized,
  more = [],
  missing,
  values,
  ignored = {},
  again,
}: OwnAnswers) {
  const reasons = Object.entries(unauthorized).map(([reason, meaning]) => ` \`${reason}\`: ${meaning}.`);
  return [
    answer(401, "unauthorized", `The sender is not proven; the inbound log has the reason.${reasons.join("")}`),
    answer(413, "body_too_large", `More than ${sizeOf(bodyCap)}; the body is not kept.`),
    ...(json === false ? [] : [answer(400, "invalid_json", "The body is not JSON. Also `not_an_object`.")]),
    ...more,
    ...(missing === null ? [] : [answer(422, "missing_fields", missing)]),
    ...(values === undefined ? [] : [answer(422, "unreadable_values", values)]),
    ...Object.entries(ignored).map(([reason, meaning]) => answer(200, reason, `${meaning}.`)),
    answer(200, "source_paused", "The source is paused: the notice is kept and can be replayed."),
    answer(200, null, "Stored. The same notice again changes nothing."),
    answer(429, "too_many_requests", "More than 6,000 notices in a minute: `Retry-After` says when to send again."),
    answer(
      429,
      "too_many_refusals",
      "More than 300 refusals in a minute of what comes from this address: mend what is refused first.",
    ),
    answer(503, "not_kept", `It could not be stored: ${again ?? "it must be sent again"}.`),
  ];
}

export function answer(status: number, reason: string | null, meaning: string): GuideAnswer {
  return { status, reason, meaning };
}

function sizeOf(bytes: number): string {
  return bytes < 1_048_576 ? `${bytes / 1024} kB` : `${bytes / 1_048_576} MiB`;
}

/** What the log says of a signed moment that is too far from now. */
export function heldBack(platform: string): { symptom: string; remedy: string } {
  return {
    symptom: "refused: timestamp_out_of_window",
    remedy: `Something between ${platform} and here holds requests back for over five minutes, or a clock is wrong.`,
  };
}

/** What calls wait for that have no campaign. */
export function noCampaign(account: string): { symptom: string; remedy: string } {
  return {
    symptom: "All calls are in quarantine: no_campaign",
    remedy: `Give the source a campaign, or map ${account} to campaigns in the setting \`campaigns\`.`,
  };
}
