import { z } from "zod";
import { ownPath } from "../lib/http/own-path";

/**
 * A form that could not be done yet, because its person has to sign in or to confirm who they are first. It is kept in
 * the pages between, so that nothing they wrote is lost, and then sent again.
 */
export type KeptForm = {
  action: string;
  /** The organization that was open when the form was shown. It is sent there or nowhere. */
  organizationId: string;
  fields: readonly (readonly [name: string, value: string])[];
};

/** Passwords, codes and tokens are given anew; what confirms is no part of the form. */
const NEVER_KEPT = /^(csrf|code|recovery_code|passkey|kept|confirm_\w+|\w*password)$/;
/** What goes through a sign-in, in characters. */
const MOST_TEXT = 20_000;

const keptForm = z.object({
  action: ownPath.regex(/^\/dashboard\//),
  organizationId: z.string().max(120),
  fields: z.array(z.tuple([z.string(), z.string()])).max(1_000),
});

/** The form as it was sent, without its files. */
export function keepForm(action: string, organizationId: string, sent: FormData): KeptForm {
  const fields = [...sent].flatMap(([name, value]): [string, string][] =>
    typeof value === "string" && !NEVER_KEPT.test(name) ? [[name, value]] : [],
  );
  return { action, organizationId, fields };
}

/** Whether a form is short enough to go through a sign-in. */
export function fitsSignIn({ fields }: KeptForm): boolean {
  return fields.reduce((sum, [name, text]) => sum + name.length + text.length, 0) <= MOST_TEXT;
}

/** The form that a hidden field carries; undefined for what is none. Whoever sends it has to be known anyway. */
export function readKeptForm(text: unknown): KeptForm | undefined {
  if (typeof text !== "string" || text.length > 5 * MOST_TEXT) return undefined;
  try {
    const form = keptForm.parse(JSON.parse(text));
    return { ...form, fields: form.fields.filter(([name]) => !NEVER_KEPT.test(name)) };
  } catch {
    return undefined;
  }
}
