import type { Database } from "../../db/client";
import type { Letter, Mailer } from "../../lib/mail";
import { noteMailed, type FreshInvitation } from "./invitations";

/** Letters on their way at the same time: a Worker has six connections. */
const AT_ONCE = 5;

/** What became of an invitation's link: it was mailed, or is shown to be copied. */
export type DeliveredInvitation = { mailed: boolean; link: string | null };

/** What letters are sent with. The link is made of `publicUrl`, never of what a request calls us. */
export type LetterDeps = { db: Database; mailer: Mailer | null; publicUrl: string; now(): number };

/**
 * Mails the links of invitations, where the deployment sends mail. A link is shown only where it was not mailed, so that
 * only the mailbox has the others. `write` is what stands in the letter with this link. Those made before by the same form are
 * not mailed again. By id.
 */
export async function deliverInvitations(
  { db, mailer, publicUrl, now }: LetterDeps,
  invitations: readonly (FreshInvitation & { again?: boolean })[],
  write: (link: string) => Omit<Letter, "to">,
): Promise<Map<string, DeliveredInvitation>> {
  const delivered = new Map<string, DeliveredInvitation>();
  const waiting = [...invitations];
  const work = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      const link = `${publicUrl}/invitations/${one.token}`;
      if (one.again) {
        // Whether its letter has gone by now is not known where the form was sent twice at once: then nobody else gets the link.
        delivered.set(one.id, { mailed: one.mailedAt !== null, link: mailer ? null : link });
        continue;
      }
      const sent = await mailer?.send({ to: one.email, ...write(link) });
      if (sent && !sent.ok) console.error(JSON.stringify({ event: "mail.not_sent", error: sent.error }));
      delivered.set(one.id, { mailed: sent?.ok === true, link: sent?.ok ? null : link });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const mailed = invitations.filter(({ id, again }) => !again && delivered.get(id)?.mailed).map(({ hash }) => hash);
  await noteMailed(db, mailed, now());
  return delivered;
}
