import { SECOND } from "../../../lib/time";
import { STANDARD_POLICY } from "../../object/schedule";
import { makeBody, requestOf } from "../body";
import type { AttemptContext, Profile, ProfileRequest } from "../contract";
import { judge } from "../judge";
import { checkTextSecret, newTextSecret } from "../secret";
import { hexSignatureHeaders } from "../sign";
import { pathsLike } from "../template-paths";
import { scoresOf } from "./payload";

const SIGNATURE = "X-Voicesense-Signature";

// "Valid variable paths are", with {ScoreName} any name.
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
 * Voicesense's webhook: what an analysis found, or why it found nothing, signed over the bytes sent. Its endpoints share
 * one secret of the organization. Timeout and schedule are not in the seed: ten seconds, and the platform's own waits.
 */
export const voicesense: Profile = {
  name: "voicesense",
  speaks: ["analysis.completed", "analysis.failed"],
  aliases: {},
  policy: { ...STANDARD_POLICY, timeout: 10 * SECOND },
  reservedHeaders: ["x-voicesense-signature", "x-voicesense-signature-previous"],
  checkSecret: checkTextSecret,
  newSecret: newTextSecret,
  overlaps: true,
  // "Regenerate" replaces the secret at once.
  overlapsByDefault: false,
  ...pathsLike(() => TEMPLATE_PATHS),
  request,
  judge,
};

async function request(context: AttemptContext): Promise<ProfileRequest> {
  const { EngineVersion, CompanyId, ...own } = scoresOf(context);
  const body = makeBody(context, own, JSON.stringify, { ...own, EngineVersion, CompanyId });
  return requestOf(context, body, await hexSignatureHeaders(SIGNATURE, context.secrets, body.text));
}
