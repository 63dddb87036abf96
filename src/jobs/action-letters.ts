import { eq } from "drizzle-orm";
import type { RunDeps } from "../actions";
import type { Database } from "../db/client";
import { organizations } from "../db/schema";
import { languageOf } from "../ui/language";
import { wordsOf } from "../ui/strings/define";
import { mail } from "../ui/strings/mail";

/** The letter of a post-call action: its own words and a link. Nothing of a call leaves by mail. */
export function actionLetters(db: Database, publicUrl: string): RunDeps["actionLetter"] {
  return async ({ organizationId, language, action, text, callId }) => {
    const row = await db
      .select({ name: organizations.name })
      .from(organizations)
      .where(eq(organizations.id, organizationId))
      .get();
    const words = wordsOf(mail, languageOf(undefined, language ?? undefined, false));
    // Parts of a header: it has one line.
    const [name, of] = [action, row?.name ?? ""].map((part) => part.replaceAll(/\s+/g, " "));
    const link = `${publicUrl}/dashboard/calls/${callId}`;
    return {
      subject: words.actionSubject(name ?? "", of ?? ""),
      text: words.actionText(text, link, `${publicUrl}/dashboard/settings/notifications`),
    };
  };
}
