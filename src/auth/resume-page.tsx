import type { Context } from "hono";
import { auditedDatabase, formTokenOf, switchOrganization, type Session } from "../identity";
import { Button } from "../ui/components/button";
import { KeptFields } from "../ui/components/kept-fields";
import type { KeptForm } from "../ui/kept-form";
import { BarePage } from "../ui/layout/bare";
import { pageAnswer } from "../ui/layout/page";
import { wordsOf } from "../ui/strings/define";
import { keptWords } from "../ui/strings/kept";
import type { View } from "../ui/view";
import { actOf } from "./act";
import type { AuthEnv } from "./request";

/**
 * The page after a sign-in that a form waited for: it is sent when its person says so, and into the organization that it
 * was filled in for.
 */
export async function resumeAnswer(
  c: Context<AuthEnv>,
  { session, user }: Session,
  kept: KeptForm,
  headers: HeadersInit = {},
): Promise<Response> {
  const { view, deps } = c.var;
  const { organizationId } = kept;
  const act = actOf(c, user.id);
  const isOpen =
    session.organizationId === organizationId ||
    (
      await switchOrganization(
        { db: auditedDatabase(deps.db, act) },
        { hash: session.hash, userId: user.id, organizationId },
        act,
      )
    ).ok;
  const csrf = isOpen ? await formTokenOf({ hash: session.hash, organizationId }) : undefined;
  return pageAnswer(<ResumePage view={view} kept={kept} csrf={csrf} />, 200, headers);
}

/** `csrf` undefined: the form's organization is not theirs, and it is not sent. */
function ResumePage({ view, kept, csrf }: { view: View; kept: KeptForm; csrf: string | undefined }) {
  const words = wordsOf(keptWords, view.language);
  return (
    <BarePage view={view} title={words.resumeTitle}>
      <p role="status">{csrf === undefined ? words.resumeElsewhere : words.resume}</p>
      {csrf !== undefined && (
        <form class="form" method="post" action={kept.action}>
          <KeptFields kept={kept} csrf={csrf} />
          <p class="hint">{words.withoutSecrets}</p>
          <Button kind="main">{words.send}</Button>
        </form>
      )}
      <p>
        <a href="/dashboard">{words.leave}</a>
      </p>
    </BarePage>
  );
}
