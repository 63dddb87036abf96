/** What a reason means for the owner of a source, and what to do about it. */
export type Advice = {
  text: string;
  /** Set where the sender proved nothing: it may be a wrongly configured platform, or a stranger. */
  unproven?: true;
};

const WRONG_PROOF =
  "The platform and this source hold different secrets: rotate the source's to the platform's, or paste the source's there.";
const NO_PROOF = "The request was not signed as the platform signs: check that its secret is set, and who sends this.";
const OTHER_OWNER = "The request is of another account or application than this source's settings name.";
const CLOCK = "The signed time is too far from now: the sender's clock is wrong, or the request was held back.";
const KEY =
  "Make an API key (`POST /v1/api-keys`) and put it in the platform's X-API-Key header, as the source's guide shows.";
const FIELDS = "The body is not as the platform sends it by default: compare its template with the source's guide.";
const CAMPAIGN =
  "Calls wait in quarantine: choose their campaign (`POST /v1/quarantine/resolve`), and give the source one for the next.";

const unproven = (text: string): Advice => ({ text, unproven: true });

const ADVICE: Readonly<Record<string, Advice>> = {
  wrong_signature: unproven(WRONG_PROOF),
  wrong_token: unproven(WRONG_PROOF),
  wrong_body_hash: unproven(
    "The body is not the one that was signed: something between the platform and here changes it.",
  ),
  missing_signature: unproven(NO_PROOF),
  missing_token: unproven(NO_PROOF),
  malformed_signature: unproven(NO_PROOF),
  malformed_timestamp: unproven(NO_PROOF),
  malformed_id: unproven(NO_PROOF),
  missing_id: unproven(NO_PROOF),
  missing_timestamp: unproven(NO_PROOF),
  not_signed: unproven(NO_PROOF),
  unsigned_body: unproven(NO_PROOF),
  permission_missing: {
    text: "The API key lacks the permission `notices:write`: make another one that has it, and give that to the platform.",
  },
  source_not_allowed: {
    text: "The API key is limited to another source: make one for this source, or change the address in the platform.",
  },
  other_account: unproven(OTHER_OWNER),
  other_application: unproven(OTHER_OWNER),
  wrong_algorithm: unproven("The token is signed another way than this platform signs: check who sends this."),
  unusable_secret: unproven("This source's secret cannot be used as its settings say: rotate it, or mend `settings`."),
  unusable_settings: unproven("This source's settings cannot be used to check signatures: mend `settings`."),
  token_expired: unproven(CLOCK),
  timestamp_out_of_window: unproven(CLOCK),
  event_too_old: unproven(CLOCK),
  event_in_future: unproven(CLOCK),
  missing_key: unproven(`The request brought no API key. ${KEY}`),
  unknown_key: unproven(`The API key it brought is mistyped, revoked or of another deployment. ${KEY}`),
  headers_too_large: unproven("The request has more than 16 kB of headers, which no platform sends."),
  too_many_refusals: unproven("An address was refused so often that its requests here are turned away for a minute."),
  too_many_requests: {
    text: "More requests came than one source may send in a minute: spread them, or make a second source.",
  },
  body_too_large: { text: "The body is larger than this platform's notices are: leave fields out of its template." },
  body_cut_short: { text: "The sender broke off in the middle of the body: look at the platform's time limit." },
  unsupported_content_type: { text: "Set the content type in the platform as the source's guide says." },
  invalid_json: { text: "The body is not JSON: a placeholder left in the template, or a quote inside a value." },
  not_an_object: { text: FIELDS },
  empty_body: { text: FIELDS },
  invalid_form: { text: FIELDS },
  not_utf8: { text: FIELDS },
  missing_fields: { text: FIELDS },
  unreadable_values: { text: FIELDS },
  unrendered_hook: { text: "The platform did not fill a placeholder in: take that field out of its template." },
  source_paused: { text: "Resume the source, then replay what came meanwhile." },
  no_campaign: { text: CAMPAIGN },
  unknown_campaign: { text: CAMPAIGN },
  campaign_not_allowed: { text: "The API key is limited to another campaign: use one that is not, then replay." },
  campaign_of_another_source: {
    text: "The call was taken into the campaign its notice names, whose calls come from another platform's source: check the number in the template, or bind this source to the campaign too (`campaign_id`).",
  },
  processing_failed: {
    text: "Our side failed on these ten times: replay them. If they fail again, it is a fault to report.",
  },
  body_not_kept: { text: "The kept body is gone: ask the platform to send the notice again." },
};

/** What to do about a reason; undefined for one that speaks for itself, or that a platform of its own has. */
export function adviceOn(reason: string): Advice | undefined {
  return Object.hasOwn(ADVICE, reason) ? ADVICE[reason] : undefined;
}
