import type { Digest, SendDigest } from "../identity";
import type { Mailer } from "../lib/mail";
import { formatsOf } from "../ui/formats";
import { languageOf } from "../ui/language";
import { wordsOf } from "../ui/strings/define";
import { mail } from "../ui/strings/mail";
import { notificationWords } from "../ui/strings/notifications";

/** Mails a person what is unread: how much of each kind, and where to read it. Nothing of a call leaves by mail. */
export function digestLetters(mailer: Mailer, publicUrl: string): SendDigest {
  return async (digest) => {
    const sent = await mailer.send({ to: digest.email, ...composeLetter(digest, publicUrl) });
    if (!sent.ok) console.error(JSON.stringify({ event: "mail.not_sent", error: sent.error }));
    return sent.ok;
  };
}

function composeLetter({ language: wanted, organizationName, counts }: Digest, publicUrl: string) {
  const language = languageOf(undefined, wanted, false);
  const words = wordsOf(mail, language);
  const kinds = wordsOf(notificationWords, language);
  const { number } = formatsOf(language, "UTC");
  const name = organizationName.replaceAll(/\s+/g, " ");
  const total = counts.reduce((sum, { notifications }) => sum + notifications, 0);
  const lines = counts.map(({ kind, notifications }) => `${number(notifications)} × ${kinds[kind]}`);
  return {
    subject: total === 1 ? words.digestSubjectOne(name) : words.digestSubject(number(total), name),
    text: words.digestText(
      name,
      lines.join("\n"),
      `${publicUrl}/dashboard/notifications`,
      `${publicUrl}/dashboard/settings/notifications`,
    ),
  };
}
