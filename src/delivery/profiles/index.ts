/** The delivery contracts that endpoints can use. */
import type { ProfileName } from "../contract";
import { audian } from "./audian";
import { authentivoice } from "./authentivoice";
import type { Profile } from "./contract";
import { standard } from "./standard";
import { voicesense } from "./voicesense";
import { voqo } from "./voqo";

export { AUDIAN_BODY_LIMIT } from "./audian";
export {
  RETRY_POLICY_LIMITS,
  waitsOf as policyFromRetryPolicy,
  type AuthentiVoiceRetryPolicy,
} from "./authentivoice/retry-policy";
export type {
  AttemptContext,
  JudgeSettings,
  Profile,
  ProfileRequest,
  SignatureScheme,
  SigningContext,
  Verdict,
} from "./contract";
export { voicesenseMessage, type VoicesenseMessage } from "./voicesense/payload";
export { isSigningKey, newSigningKey, publicJwk, publicKey, type PublicJwk } from "./ed25519";

export const profiles: Record<ProfileName, Profile> = { standard, audian, voqo, voicesense, authentivoice };
