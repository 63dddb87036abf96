import type { CallFacts, RecordingFacts } from "../../calls";
import { keepCustom } from "../reading/custom";
import { directionOf } from "../reading/direction";
import { firstText, readMoment } from "../reading/fields";
import { fieldsOf, type Fields } from "../reading/json-object";
import { toE164 } from "../reading/phone-number";
import { isInternal, standingOf, statusOf, type Standing } from "./map-party";
import type { RingCentralSettings } from "./settings";

const API = "https://platform.ringcentral.com";
const TIME_ZONE = "UTC";
const MAX_ID = 200;
const MAX_PARTIES = 50;
const MAX_RECORDINGS = 20;
/** What a recording is called that is looked for in the call log: a session has one there, or the first counts. */
const EXPECTED = "recording";

/** Of several parties in a notice, the one with the most facts about who talked. */
const TELLING: readonly Standing[] = ["finished", "live", "moved", "missed"];

export function apiUrl(settings: RingCentralSettings, path: string): string {
  return `${settings.api_url ?? API}/restapi/${path}`;
}

export function sessionIdOf(session: Fields): string | null {
  return firstText(session, ["telephonySessionId"], MAX_ID);
}

/**
 * The facts of a notice about a session. Notices hold the parties that changed, mostly one, and come in any order, so
 * each is read by itself (its `sequence` is not needed): a live party is a call in progress, a party that hung up after
 * a talk completes it, one that never talked fails it, one that handed it on leaves it open. The merge ranks completed
 * above failed above in progress, so a session in which one agent did not answer and another did ends as completed
 * whatever came first. A conference that one leaves early counts as completed then; its end moves with those who hang
 * up later.
 */
export function mapSession(session: Fields, timestamp: string | null, settings: RingCentralSettings): CallFacts {
  const parties = partiesOf(session);
  const party = TELLING.flatMap((standing) => parties.filter((one) => standingOf(one) === standing))[0] ?? new Map();
  const outcome = outcomeOf(parties);
  const isOver = outcome !== null && outcome !== "in_progress";
  const direction = isInternal(party) ? "internal" : (directionOf(party.get("direction")) ?? null);
  const from = firstText(party, ["from.phoneNumber", "from.extensionNumber"]);
  const to = firstText(party, ["to.phoneNumber", "to.extensionNumber"]);
  const ownSide = directionOf(party.get("direction")) === "outbound" ? "from" : "to";
  const extension = firstText(party, ["extensionId", `${ownSide}.extensionId`], MAX_ID);
  const { code, reason } = statusOf(party);
  const externalId = sessionIdOf(session) ?? "";
  return {
    externalId,
    outcome,
    direction,
    from,
    get fromE164() {
      return toE164(from, settings.country);
    },
    to,
    get toE164() {
      return toE164(to, settings.country);
    },
    startedAt: startOf(session, parties),
    answeredAt: parties.some((one) => statusOf(one).code === "Answered")
      ? readMoment(timestamp ?? firstText(session, ["eventTime"]), TIME_ZONE)
      : null,
    // The reference calls `eventTime` the call's start, its example has the event's time there; `timestamp` is the
    // latter.
    endedAt: isOver ? readMoment(timestamp ?? firstText(session, ["eventTime"]), TIME_ZONE) : null,
    providerStatus: isOver ? (reason ?? code) : null,
    error: outcome === "failed" ? (reason ?? "missed call") : null,
    operatorName: extension === null ? null : firstText(party, [`${ownSide}.name`]),
    operatorReference: extension === null ? null : `ringcentral:extension:${extension}`,
    account: firstText(party, ["accountId"], MAX_ID),
    custom: keepCustom([
      ["sessionId", firstText(session, ["sessionId"])],
      ["origin", firstText(session, ["origin.type"])],
    ]),
    recordings: recordingsOf(externalId, parties, outcome, settings),
  };
}

function partiesOf(session: Fields): Fields[] {
  const parties = session.get("parties");
  if (!Array.isArray(parties)) return [];
  return parties.slice(0, MAX_PARTIES).flatMap((party: unknown) => fieldsOf(party) ?? []);
}

function outcomeOf(parties: readonly Fields[]): CallFacts["outcome"] {
  const standings = new Set(parties.map(standingOf));
  if (standings.size === 0) return null;
  if (standings.has("live")) return "in_progress";
  if (standings.has("finished")) return endOf(parties.filter((party) => standingOf(party) === "finished"));
  return standings.has("moved") ? "in_progress" : "failed";
}

/**
 * How those who hung up leave the session. RingCentral names no reason where a caller gave up: of a party that came in
 * `missedCall` shows it; of one that went out only the notice `Answered` does.
 */
function endOf(finished: readonly Fields[]): CallFacts["outcome"] {
  const isSilent = (party: Fields) =>
    statusOf(party).reason === null && directionOf(party.get("direction")) !== "inbound";
  return finished.every(isSilent) ? "unanswered" : "completed";
}

/**
 * The session begins as its first two parties are set up (general knowledge: party ids end in their number). Parties
 * that join later are set up later, and would move the start; without it the call begins when its first notice came.
 */
function startOf(session: Fields, parties: readonly Fields[]): number | null {
  const first = parties.some(
    (party) => statusOf(party).code === "Setup" && /-[12]$/.test(firstText(party, ["id"], MAX_ID) ?? ""),
  );
  return first ? readMoment(firstText(session, ["eventTime"]), TIME_ZONE) : null;
}

/** `recordings[{id, active}]` in a party is general knowledge (live traffic); the reference does not list it. */
function recordingsOf(
  sessionId: string,
  parties: readonly Fields[],
  outcome: CallFacts["outcome"],
  settings: RingCentralSettings,
): RecordingFacts[] {
  if (settings.expect_recordings === true) {
    const query = new URLSearchParams({ telephonySessionId: sessionId, view: "Detailed" });
    const url = apiUrl(settings, `v1.0/account/~/call-log?${query.toString()}`);
    return outcome === "completed" ? [{ externalId: EXPECTED, url }] : [];
  }
  const ids = parties.flatMap((party) => {
    const recordings = party.get("recordings");
    if (!Array.isArray(recordings)) return [];
    return recordings.flatMap((entry: unknown) => firstText(fieldsOf(entry) ?? new Map(), ["id"], MAX_ID) ?? []);
  });
  return [...new Set(ids)].slice(0, MAX_RECORDINGS).map((id) => ({
    externalId: id,
    url: apiUrl(settings, `v1.0/account/~/recording/${encodeURIComponent(id)}`),
  }));
}
