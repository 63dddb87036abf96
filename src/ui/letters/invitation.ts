import type { Language } from "../language";
import { wordsOf } from "../strings/define";
import { mail } from "../strings/mail";

/** The letter that invites to an organization. */
export function invitationLetter(
  language: Language,
  organization = "",
): (link: string) => { subject: string; text: string } {
  const words = wordsOf(mail, language);
  // A part of a header: it has one line.
  const name = organization.replaceAll(/\s+/g, " ");
  return (link) => ({ subject: words.invitationSubject(name), text: words.invitationText(name, link) });
}
