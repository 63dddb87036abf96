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
const MOST_TEXT = 20_000;

const keptForm = z.object({
  action: ownPath.regex(/^\/dashboard\//),
  organizationId: z.string().max(120),
  fields: z.array(z.tuple([z.string().max(200), z.string().max(MOST_TEXT)])).max(500),
});

/** The form as it was sent, without its files; undefined for one that is too long to be kept. */
export function keepForm(action: string, organizationId: string, sent: FormData): KeptForm | undefined {
  const fields = [...sent].flatMap(([name, value]): [string, string][] =>
    typeof value === "string" && !NEVER_KEPT.test(name) ? [[name, value]] : [],
  );
  return checked({ action, organizationId, fields });
}

/** The form that a hidden field carries; undefined for what is none. Whoever sends it has to be known anyway. */
export function readKeptForm(text: unknown): KeptForm | undefined {
  if (typeof text !== "string" || text.length > 5 * MOST_TEXT) return undefined;
  try {
    return checked(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function checked(value: unknown): KeptForm | undefined {
  const form = keptForm.safeParse(value).data;
  const length = form?.fields.reduce((sum, [name, text]) => sum + name.length + text.length, 0) ?? 0;
  if (!form || length > MOST_TEXT) return undefined;
  return { ...form, fields: form.fields.filter(([name]) => !NEVER_KEPT.test(name)) };
}
