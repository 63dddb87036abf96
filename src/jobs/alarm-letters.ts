import { THRESHOLDS, type FigureName, type NotifyAdmin } from "../health";
import type { Mailer } from "../lib/mail";
import { MINUTE } from "../lib/time";

// The admin reads English: documents, logs and the commands of a deployment are in it.
const MEANINGS: Record<FigureName, string> = {
  dead_letters: "messages that queues gave up on in 24 hours. The log of the Worker has why each failed (job.failed).",
  oldest_undrained_event: "minutes since the oldest event that was not handed over to its endpoints.",
  oldest_due_work: "minutes since the oldest recording, analysis or delivery was due.",
  sweep_lag: "minutes since the last sweep began. The cron of the Worker does not run.",
};

/** Mails the admin which figures are beyond their thresholds. */
export function alarmLetters(
  mailer: Mailer,
  { adminEmail, publicUrl }: { adminEmail: string; publicUrl: string },
): NotifyAdmin {
  return async (alarms) => {
    const lines = alarms.map(({ figure, value }) => {
      const inWords = (amount: number) => (figure === "dead_letters" ? amount : Math.round(amount / MINUTE));
      return `${figure}: ${inWords(value)} (more than ${inWords(THRESHOLDS[figure])}) ${MEANINGS[figure]}`;
    });
    const subject = `Trunkline at ${URL.parse(publicUrl)?.host ?? publicUrl} needs you`;
    const text = `${lines.join("\n\n")}\n\nAll figures: GET ${publicUrl}/admin/health\n`;
    const sent = await mailer.send({ to: adminEmail, subject, text });
    if (!sent.ok) console.error(JSON.stringify({ event: "mail.not_sent", error: sent.error }));
    return sent.ok;
  };
}
