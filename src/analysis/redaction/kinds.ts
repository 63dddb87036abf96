import { z } from "zod";

import { PII_KINDS, type PiiKind } from "../../db/schema";

export { PII_KINDS, type PiiKind };

export const piiKind = z.enum(PII_KINDS);

/** What a campaign takes out that says "redact" and no more: what pays, and who somebody is. */
export const USUAL_KINDS: readonly PiiKind[] = [
  "card_number",
  "card_code",
  "card_expiry",
  "bank_account",
  "national_id",
  "date_of_birth",
];

/** What stands in a text in place of what was said. The same in every language, since programs and models read it. */
export const PLACEHOLDERS: Readonly<Record<PiiKind, string>> = {
  card_number: "[card number]",
  card_code: "[card code]",
  card_expiry: "[card expiry]",
  bank_account: "[bank account]",
  national_id: "[national id]",
  date_of_birth: "[date of birth]",
  phone_number: "[phone number]",
  email: "[e-mail]",
};
