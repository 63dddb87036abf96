import type { Mailer } from "../lib/mail";
import { wordsOf } from "../ui/strings/define";
import { mail } from "../ui/strings/mail";
import type { AuthDeps } from "./request";

/** Mails the link that replaces a password; undefined where the deployment sends no mail. */
export function resetLetters(mailer: Mailer | null): AuthDeps["sendResetLink"] {
  if (!mailer) return undefined;
  return async ({ email, link, view }) => {
    const words = wordsOf(mail, view.language);
    const sent = await mailer.send({ to: email, subject: words.resetSubject, text: words.resetText(link) });
    if (!sent.ok) console.error(JSON.stringify({ event: "mail.not_sent", error: sent.error }));
  };
}
