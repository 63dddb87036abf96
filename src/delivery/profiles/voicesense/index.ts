import { SECOND } from "../../../lib/time";
import { STANDARD_POLICY } from "../../object/schedule";
import { makeBody, requestOf } from "../body";
import type { AttemptContext, Profile, ProfileRequest, SigningContext } from "../contract";
import { judge } from "../judge";
import { checkTextSecret, newTextSecret } from "../secret";
import { hexSignatureHeaders } from "../sign";
import { pathsLike } from "../template-paths";
import { scoresOf, voicesenseMessage } from "./payload";

const SIGNATURE = "X-Voicesense-Signature";

// "Valid variable paths are", with any name for {ScoreName}.
const TEMPLATE_PATHS = [
  "PredictorState",
  "AudioDuration",
  "StreamId",
  "ReferenceId",
  "EngineVersion",
  "CompanyId",
  "ErrorMessage",
  ...["ScoreLeft", "ScoreRight"].flatMap((side) => [
    side,
    `${side}.TalkDuration`,
    `${side}.Scores`,
    `${side}.Scores.{ScoreName}`,
  ]),
];

/**
 * Voicesense's webhook: an analysis's result or its error, signed over the bytes sent. Its endpoints share one secret
 * of the organization. The contract has no timeout and no schedule: ten seconds, and the default waits.
 */
export const voicesense: Profile = {
  name: "voicesense",
  // An engine that was late, or was asked again, is another analysis to Voicesense's receivers.
  eventTypes: ["analysis.completed", "analysis.failed", "analysis.updated"],
  tellsOfChanges: (changed) => changed.includes("scores"),
  aliases: {},
  policy: { ...STANDARD_POLICY, timeout: 10 * SECOND },
  reservedHeaders: ["x-voicesense-signature", "x-voicesense-signature-previous"],
  checkSecret: checkTextSecret,
  newSecret: newTextSecret,
  overlaps: true,
  // "Regenerate" replaces the secret at once.
  overlapsByDefault: false,
  ...pathsLike(() => TEMPLATE_PATHS),
  signature: { form: "hex", header: SIGNATURE, timestamp: null },
  sign,
  request,
  judge,
};

async function request(context: AttemptContext): Promise<ProfileRequest> {
  const body = makeBody(context, voicesenseMessage(context), JSON.stringify, scoresOf(context));
  return requestOf(context, body, await sign(context, body.text));
}

function sign({ secrets }: SigningContext, body: string): Promise<Record<string, string>> {
  return hexSignatureHeaders(SIGNATURE, secrets, body);
}
