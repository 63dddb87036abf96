import type { CallFacts, RecordingFacts } from "../../calls";
import { toAmount } from "../reading/coerce";
import { keepCustom } from "../reading/custom";
import { directionOf, type Direction } from "../reading/direction";
import { readSeconds } from "../reading/fields";
import { linkFrom } from "../reading/link-template";
import { toE164 } from "../reading/phone-number";
import type { FreeswitchSettings } from "./settings";

/** One leg's record: its channel variables, and the profile of the party that began it. Values are decoded. */
export type Cdr = {
  /** A channel variable; null where it is not set or empty. */
  variable(name: string): string | null;
  names: string[];
  /** A field of the first caller profile of the call flow. */
  profile(name: string): string | null;
};

/** Variables worth keeping that are no fact of their own; there are some two hundred, most about codecs and packets. */
const KEPT = [
  "accountcode",
  "domain_name",
  "hangup_cause_q850",
  "sip_hangup_disposition",
  "cc_queue",
  "cc_side",
  "last_app",
  "read_codec",
  "context",
  "sip_to_user",
] as const;
const MAX_PUBLIC = 6;
const MAX_ID = 200;

/** The ids of a leg: its own, and that of the call it is part of. */
export type Leg = { uuid: string; callId: string; isSecond: boolean };

/**
 * Which call a leg is of. The leg that began it has its own id for the call's; every leg made from it names that one as
 * `originating_leg_uuid` (switch_ivr_originate.c), and shares its `call_uuid`. Undefined without any id.
 */
export function legOf({ variable }: Cdr): Leg | undefined {
  const uuid = variable("uuid");
  const origin =
    variable("ent_originate_aleg_uuid") ?? variable("originating_leg_uuid") ?? variable("call_uuid") ?? uuid;
  if (origin === null || origin.length > MAX_ID) return undefined;
  return { uuid: uuid ?? origin, callId: origin, isSecond: uuid !== null && uuid !== origin };
}

/**
 * The facts of a leg. The first leg decides how the call went; a second one is one of possibly many tries to reach
 * somebody, so it adds who answered and its recording, and decides nothing that the first leg reports.
 */
export function mapLeg(cdr: Cdr, leg: Leg, settings: FreeswitchSettings): CallFacts {
  const { variable, profile } = cdr;
  const recordings = recordingsOf(cdr, leg, settings);
  const wasAnswered = isAnswered(cdr);
  if (leg.isSecond) {
    return {
      externalId: leg.callId,
      outcome: null,
      // Only a leg to an extension of ours reaches one of us.
      operatorName: wasAnswered && variable("dialed_user") !== null ? operatorOf(cdr, settings, "inbound") : null,
      recordings,
    };
  }
  const direction = directionIn(cdr, settings);
  const from = variable("caller_id_number") ?? profile("caller_id_number");
  const to = variable("destination_number") ?? profile("destination_number");
  const cause = variable("hangup_cause");
  const unreached = wasAnswered ? whyUnreached(cdr) : cause;
  const account = variable("accountcode") ?? variable("domain_name");
  return {
    externalId: leg.callId,
    outcome: wasAnswered && unreached === null ? "completed" : "failed",
    direction,
    from,
    get fromE164() {
      return toE164(from, settings.country);
    },
    to,
    get toE164() {
      return toE164(to, settings.country);
    },
    startedAt: momentOf(cdr, "start"),
    answeredAt: momentOf(cdr, "answer"),
    endedAt: momentOf(cdr, "end"),
    durationSeconds: seconds(variable("duration")),
    talkSeconds: seconds(variable("billsec")),
    providerStatus: cause,
    error: unreached,
    operatorName: operatorOf(cdr, settings, direction),
    operatorReference: referenceOf(cdr),
    account: account?.slice(0, MAX_ID) ?? null,
    custom: keepCustom(KEPT.map((name) => [name, variable(name)] as const)),
    recordings,
  };
}

function isAnswered({ variable }: Cdr): boolean {
  return (seconds(variable("billsec")) ?? 0) > 0 || (Number(variable("answer_epoch")) || 0) > 0;
}

/**
 * The switch answers itself, to play music in a queue or to take a message: what became of such a leg is in the
 * variables of mod_callcenter and mod_voicemail, unless it was joined to somebody all the same. Null: nothing shows
 * that nobody was reached.
 */
function whyUnreached({ variable }: Cdr): string | null {
  if (variable("last_bridge_to") !== null || variable("bridge_uuid") !== null) return null;
  if (variable("voicemail_message_len") !== null) return "the caller left a voicemail";
  if (variable("cc_cause") !== "cancel") return null;
  return `left the queue: ${variable("cc_cancel_reason") ?? "cancel"}`;
}

/** A moment of the leg, in milliseconds: by its variable in µs, else in seconds. Zero means that it never came. */
function momentOf({ variable }: Cdr, name: "start" | "answer" | "end"): number | null {
  const fine = toAmount(variable(`${name}_uepoch`)?.slice(0, -3));
  const coarse = toAmount(variable(`${name}_epoch`));
  const at = typeof fine === "number" && fine > 0 ? fine : typeof coarse === "number" ? coarse * 1_000 : 0;
  return at > 0 && at < 32_503_680_000_000 ? Math.floor(at) : null;
}

// `direction` is the switch's: a first leg is inbound, unless the switch itself began it (a dialer), and then its
// gateway tells that it goes out. FusionPBX's variable has the meaning people expect; else a leg that an extension
// began goes out, unless it goes to a number as short as an extension's.
function directionIn({ variable, profile }: Cdr, settings: FreeswitchSettings): Direction | null {
  const given = variable(settings.direction_variable ?? "call_direction");
  if (given === "local") return "internal";
  const word = directionOf(given);
  if (word) return word;
  const to = variable("destination_number") ?? profile("destination_number");
  const way = directionOf(variable("direction")) ?? null;
  if (way === "outbound") return variable("sip_gateway_name") === null ? null : way;
  if (variable("user_name") === null) return way;
  return to === null ? null : to.length <= MAX_PUBLIC ? "internal" : "outbound";
}

function operatorOf(
  { variable, profile }: Cdr,
  settings: FreeswitchSettings,
  direction: Direction | null,
): string | null {
  if (settings.operator_variable !== undefined) return variable(settings.operator_variable);
  const agent = variable("cc_agent");
  if (agent !== null) return agent;
  // Whoever called from an extension of ours is one of us.
  if (direction !== "inbound") return variable("caller_id_name") ?? profile("caller_id_name");
  return variable("callee_id_name") ?? variable("last_sent_callee_id_name") ?? variable("dialed_user");
}

function referenceOf({ variable }: Cdr): string | null {
  const user = variable("cc_agent") ?? variable("user_name");
  const domain = variable("domain_name");
  if (user === null) return null;
  return `freeswitch:user:${user.includes("@") || domain === null ? user : `${user}@${domain}`}`.slice(0, MAX_ID);
}

function recordingsOf({ variable }: Cdr, leg: Leg, settings: FreeswitchSettings): RecordingFacts[] {
  const { recording_url_template: template, recording_variable: own } = settings;
  const name = variable("record_name");
  const path = variable("record_path");
  const joined = name !== null && path !== null ? `${path}/${name}` : name;
  const file = own === undefined ? (variable("record_file") ?? joined) : variable(own);
  if (template === undefined || file === null) return [];
  const url = linkFrom(template, (field) => (field === "file" ? file : variable(field)));
  // Both legs of a call may speak of the same file.
  const id = file.split("/").at(-1)?.slice(-MAX_ID).toWellFormed();
  return url === null ? [] : [{ externalId: id || leg.uuid.slice(0, MAX_ID), url }];
}

function seconds(text: string | null): number | null {
  return readSeconds(text);
}
