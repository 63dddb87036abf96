import { GUIDES_A_TO_H } from "./guides-a-to-h";
import { GUIDES_I_TO_Z } from "./guides-i-to-z";

/** Names and values of a request that are words about it, and not what is to be typed as it stands. */
const GUIDE_ENTRIES: readonly (readonly [english: string, spanish: string])[] = [
  ["Signed", "Se firma"],
  ["one JSON object in UTF-8", "un objeto JSON en UTF-8"],
  ["its text as it stands", "su texto tal como está"],
  ["its hex decoded", "su hexadecimal, decodificado"],
  ["its base64 decoded", "su base64, decodificado"],
  ["this source's secret", "el secreto de esta fuente"],
  ["the notice's id", "el id del aviso"],
  ["none: set it to fetch recordings", "ninguna: póngala para traer las grabaciones"],
  ["set by Audian", "lo pone Audian"],
  ["set by AuthentiVoice", "lo pone AuthentiVoice"],
  ["set by RingCentral", "lo pone RingCentral"],
  ["set by Telnyx", "lo pone Telnyx"],
  ["set by Twilio", "lo pone Twilio"],
  ["set by Voicesense", "lo pone Voicesense"],
  ["set by Vonage", "lo pone Vonage"],
  ["set by Voqo", "lo pone Voqo"],
  ["set by Zoom", "lo pone Zoom"],
  ["set by net2phone", "lo pone net2phone"],
  ["set by the sender", "lo pone quien envía"],
  ["shown under Feature", "se muestra en Feature"],
];

/**
 * What the guides of platforms say of the steps on the platform's side, and the same in Spanish: the English text is its
 * key. Names of the platform's own screens stay as the platform writes them.
 */
export const GUIDE_TEXTS: readonly (readonly [english: string, spanish: string])[] = [
  ...GUIDE_ENTRIES,
  ...GUIDES_A_TO_H,
  ...GUIDES_I_TO_Z,
];
