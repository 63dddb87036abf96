import type { FreshInvitation } from "../../identity";
import { noteMailed } from "../../identity";
import type { Language } from "../../ui/language";
import { wordsOf } from "../../ui/strings/define";
import { mail } from "../../ui/strings/mail";
import type { ApiDeps } from "../router";

/** Letters on their way at the same time: a Worker has six connections. */
const AT_ONCE = 5;

/** What became of an invitation's link: it was mailed, or is shown to be copied. */
export type Delivered = { mailed: boolean; link: string | null };

/** The address of an invitation. It is made of PUBLIC_URL, never of what a request calls us. */
export function linkOf(publicUrl: string, token: string): string {
  return `${publicUrl}/invitations/${token}`;
}

/**
 * Mails the links of invitations, where the deployment sends mail. A link is shown only where it was not mailed, so that
 * only the mailbox has the others.
 */
export async function deliverInvitations(
  deps: Pick<ApiDeps, "db" | "mailer" | "config" | "now">,
  invitations: readonly FreshInvitation[],
  { organization, language }: { organization: string | undefined; language: Language },
): Promise<Map<string, Delivered>> {
  const { mailer, config } = deps;
  const words = wordsOf(mail, language);
  const name = oneLine(organization);
  const delivered = new Map<string, Delivered>();
  const waiting = [...invitations];
  const work = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      const link = linkOf(config.publicUrl, one.token);
      const sent = await mailer?.send({
        to: one.email,
        subject: words.invitationSubject(name),
        text: words.invitationText(name, link),
      });
      if (sent && !sent.ok) console.error(JSON.stringify({ event: "mail.not_sent", error: sent.error }));
      delivered.set(one.id, { mailed: sent?.ok === true, link: sent?.ok ? null : link });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const mailed = invitations.filter(({ id }) => delivered.get(id)?.mailed).map(({ hash }) => hash);
  await noteMailed(deps.db, mailed, deps.now());
  return delivered;
}

/** A name that is part of a header. */
function oneLine(text = ""): string {
  return text.replaceAll(/\s+/g, " ");
}
