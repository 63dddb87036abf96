import type { Mailer } from "../lib/mail";
import { wordsOf } from "../ui/strings/define";
import { mail } from "../ui/strings/mail";
import { languageOf } from "../ui/language";
import type { AuthDeps } from "./request";

/**
 * Mails the link that replaces a password, in the language that its person chose, else in that of the browser which
 * asked; undefined where the deployment sends no mail.
 */
export function resetLetters(mailer: Mailer | null): AuthDeps["sendResetLink"] {
  if (!mailer) return undefined;
  return async ({ email, locale, link }, asked) => {
    const words = wordsOf(mail, languageOf(locale ?? undefined, asked, false));
    const sent = await mailer.send({ to: email, subject: words.resetSubject, text: words.resetText(link) });
    if (!sent.ok) console.error(JSON.stringify({ event: "mail.not_sent", error: sent.error }));
  };
}
