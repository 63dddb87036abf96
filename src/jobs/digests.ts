import type { Digest, SendDigest } from "../identity";
import type { Mailer } from "../lib/mail";
import { mannerOfLetter, sentenceOf, type Failure } from "../ui/failures";
import { languageOf } from "../ui/language";
import { wordsOf } from "../ui/strings/define";
import { mail } from "../ui/strings/mail";
import { notificationWords } from "../ui/strings/notifications";

/** What is wrong now, as far as the reader of a letter may know it. */
export type ReadTroubles = (digest: Digest) => Promise<readonly Failure[]>;

/** More of what is wrong than this is on Home. */
const MOST_TROUBLES = 20;

/**
 * Mails a person what is unread, how much of each kind, and what is wrong now, in the sentences of the pages. Nothing of
 * a call leaves by mail. Where there is neither, there is no letter.
 */
export function digestLetters(mailer: Mailer, publicUrl: string, readTroubles: ReadTroubles): SendDigest {
  return async (digest) => {
    const troubles = await readTroubles(digest);
    if (digest.counts.length === 0 && troubles.length === 0) return true;
    const sent = await mailer.send({ to: digest.email, ...composeLetter(digest, troubles, publicUrl) });
    if (!sent.ok) console.error(JSON.stringify({ event: "mail.not_sent", error: sent.error }));
    return sent.ok;
  };
}

function composeLetter(digest: Digest, troubles: readonly Failure[], publicUrl: string) {
  const { language: wanted, organizationName, counts, now } = digest;
  const language = languageOf(undefined, wanted, false);
  const words = wordsOf(mail, language);
  const kinds = wordsOf(notificationWords, language);
  const manner = mannerOfLetter(language, now);
  const name = organizationName.replaceAll(/\s+/g, " ");
  const total = counts.reduce((sum, { notifications }) => sum + notifications, 0);
  const unread = counts.map(({ kind, notifications }) => `${manner.number(notifications)} × ${kinds[kind]}`);
  const wrong = troubles.slice(0, MOST_TROUBLES).map((failure) => {
    const { code, text } = sentenceOf(failure, manner);
    return `- ${text.replaceAll(/\s+/g, " ")} [${code}]`;
  });
  const parts = [
    ...(unread.length > 0 ? [words.digestUnread(name, unread.join("\n"))] : []),
    ...(wrong.length > 0 ? [words.digestWrong(name, wrong.join("\n"))] : []),
    words.digestEnd(`${publicUrl}/dashboard/notifications`, `${publicUrl}/dashboard/settings/notifications`),
  ];
  const subjects = { 0: words.digestSubjectWrong(name), 1: words.digestSubjectOne(name) };
  return {
    subject: total < 2 ? subjects[total === 0 ? 0 : 1] : words.digestSubject(manner.number(total), name),
    text: parts.join("\n\n"),
  };
}
