import { z } from "zod";
import { emailAddress, newPassword, SHORTEST_PASSWORD } from "../identity";
import type { FieldErrors } from "../ui/components/form";
import type { Words } from "../ui/strings/define";
import type { people } from "../ui/strings/people";

/** What a new account is made with, as forms send it. */
export const newAccount = z.object({ name: z.string().trim().min(1).max(200), password: newPassword });
export const newOwner = newAccount.extend({
  email: emailAddress,
  organization: z.string().trim().min(1).max(200),
  admin_token: z.string().trim().min(1).max(500),
});

/** What is wrong with a form, in the language of its page. `whole`: the field whose value was checked by itself. */
export function errorsIn(error: z.ZodError, words: Words<typeof people>, whole = ""): FieldErrors {
  return error.issues.map(({ path, code }) => {
    const field = String(path[0] ?? whole);
    return { field, message: messageOf(field, code, words) };
  });
}

function messageOf(field: string, code: string, words: Words<typeof people>): string {
  if (field === "password") return code === "too_big" ? words.longValue : words.shortPassword(SHORTEST_PASSWORD);
  if (code === "too_big") return words.longValue;
  return field === "email" ? words.wrongEmail : words.required;
}

/** The text of a field, so that a form is shown again as it was sent. Never used for a password. */
export function textIn(form: Record<string, unknown>, field: string): string {
  const value = form[field];
  return typeof value === "string" ? value : "";
}
