import type { CallFacts } from "../../calls";
import { SECOND } from "../../lib/time";
import { isUnrendered, toText } from "../reading/coerce";
import type { ReadingConfig } from "../contract";
import { keepCustom } from "../reading/custom";
import type { Fields } from "../reading/json-object";
import { toE164 } from "../reading/phone-number";
import { callKeyOf } from "./call-key";
import { operatorOf } from "./operator";
import { outcomeOf } from "./outcome";
import type { Values } from "./read-values";

/** END and RECORDING speak of the same file, so its id within the call is a constant. */
const RECORDING_ID = "audio";

/** Fields that end in a fact of their own; the others go to `custom`. */
const MAPPED = new Set([
  "hooktrigger",
  "cdrid",
  "dialtime",
  "direction",
  "calling",
  "called",
  "status",
  "duration",
  "billseconds",
  "wasrecorded",
  "audio_file_mp3",
  "campaign_id",
  // The same recording at other addresses: links that let whoever has them listen.
  "audio_file_ogg",
  "audio_file_wav",
  "audio_play_mp3",
  "audio_play_ogg",
  "audio_play_wav",
]);

/** What a recorded call's notice says, in our words. */
export async function mapNotice(fields: Fields, values: Values, config: ReadingConfig): Promise<CallFacts> {
  const { organizationId, settings } = config;
  const { calling, called, direction, startedAt, duration, billSeconds } = values;
  const operator = operatorOf(direction, fields);
  const cdrid = fields.get("cdrid");
  const identity = {
    organizationId,
    dialtime: values.dialtime,
    calling: calling ?? "",
    called: called ?? "",
    direction,
  };
  return {
    // An unfilled `{{ cdrid }}` would make one call of them all.
    externalId: await callKeyOf(isUnrendered(cdrid) ? null : (toText(cdrid) ?? null), identity),
    campaignNumber: values.campaignNumber,
    outcome: outcomeOf(values.status, billSeconds),
    direction,
    from: calling,
    fromE164: toE164(calling, settings.country),
    to: called,
    toE164: toE164(called, settings.country),
    startedAt,
    startedAtRaw: values.dialtime,
    endedAt: duration === null ? null : startedAt + Math.round(duration * SECOND),
    durationSeconds: duration,
    talkSeconds: billSeconds,
    providerStatus: values.status,
    operatorName: operator?.name ?? null,
    custom: keepCustom([...fields].filter(([field]) => !MAPPED.has(field) && field !== operator?.field)),
    recordings: [{ externalId: RECORDING_ID, url: values.audioUrl }],
  };
}
