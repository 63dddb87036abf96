import type { HonoRequest } from "hono";
import { organizationOfForm } from "../identity";
import { isSurelyOurs } from "../lib/http/session-cookie";
import { Button } from "../ui/components/button";
import { KeptFields, KeptForLater } from "../ui/components/kept-fields";
import { fitsSignIn, keepForm, type KeptForm } from "../ui/kept-form";
import { BarePage } from "../ui/layout/bare";
import { pageAnswer } from "../ui/layout/page";
import { wordsOf } from "../ui/strings/define";
import { keptWords } from "../ui/strings/kept";
import type { View } from "../ui/view";
import type { PageContext } from "./deps";
import { staleAnswer } from "./message-page";

/** What a form without files has; undefined for every other request. */
export async function textFormOf(req: HonoRequest): Promise<FormData | undefined> {
  const type = req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (req.method !== "POST" || type !== "application/x-www-form-urlencoded") return undefined;
  return req.formData().catch(() => undefined);
}

/** The answer to a form whose session is over: what it holds is kept through the sign-in (auth/resume-page.tsx). */
export async function endedAnswer(request: Request, view: View, form: FormData | undefined): Promise<Response> {
  const words = wordsOf(keptWords, view.language);
  const organizationId = organizationOfForm(form?.get("csrf"));
  const isOurs = form !== undefined && organizationId !== undefined && isSurelyOurs(request);
  const whole = isOurs ? keepForm(view.path, organizationId, form) : undefined;
  const kept = whole && fitsSignIn(whole) ? whole : undefined;
  const csrf = form?.get("csrf");
  if (whole && !kept) return longAnswer(view, whole, typeof csrf === "string" ? csrf : "");
  const page = (
    <BarePage view={view} title={words.endedTitle}>
      <p role="status">{kept ? words.ended : words.endedLost}</p>
      <form class="form" method="post" action="/sign-in/kept">
        <KeptForLater kept={kept} />
        <Button kind="main">{words.signIn}</Button>
      </form>
    </BarePage>
  );
  return pageAnswer(page, 401);
}

/** A kept form in the page that answers it, to be sent again with this token. */
function KeptInPage({ view, kept, csrf }: { view: View; kept: KeptForm; csrf: string }) {
  const words = wordsOf(keptWords, view.language);
  return (
    <form class="form" method="post" action={view.path}>
      <KeptFields kept={kept} csrf={csrf} />
      <p class="hint">{words.withoutSecrets}</p>
      <Button kind="main">{words.send}</Button>
    </form>
  );
}

/**
 * The answer to a form that is too long to go through the sign-in: it stays in this page, with the token that it came with.
 * Sent again after a sign-in in another tab, it is a form of an earlier session (`staleFormAnswer`).
 */
function longAnswer(view: View, kept: KeptForm, csrf: string): Promise<Response> {
  const words = wordsOf(keptWords, view.language);
  const page = (
    <BarePage view={view} title={words.endedTitle}>
      <p role="status">{words.endedLong}</p>
      <p>
        <a href="/sign-in" target="_blank" rel="noopener">
          {words.signInBeside}
        </a>
      </p>
      <KeptInPage view={view} kept={kept} csrf={csrf} />
    </BarePage>
  );
  return pageAnswer(page, 401);
}

/**
 * The answer to a form of an earlier session: its person sends it again, with the token of this one. Where another of their
 * organizations is open now, it waits in this page with the token that it came with, which counts again once theirs is open. Not what
 * may be of another site.
 */
export async function staleFormAnswer(c: PageContext, form: FormData): Promise<Response> {
  const { view, visitor } = c.var;
  const organizationId = organizationOfForm(form.get("csrf"));
  if (organizationId === undefined || !isSurelyOurs(c.req.raw)) return staleAnswer(view);
  const isHere = organizationId === visitor.organization.id;
  const former = visitor.others.find(({ id }) => id === organizationId);
  const kept = isHere || former ? keepForm(view.path, organizationId, form) : undefined;
  if (!kept) return staleAnswer(view);
  const words = wordsOf(keptWords, view.language);
  if (former) {
    const sent = form.get("csrf");
    const names = { open: visitor.organization.name, former: former.name };
    return otherAnswer(view, kept, { csrf: typeof sent === "string" ? sent : "", ...names });
  }
  const page = (
    <BarePage view={view} title={words.staleTitle}>
      <p role="status">{words.stale}</p>
      <KeptInPage view={view} kept={kept} csrf={visitor.csrf} />
      <p>
        <a href="/dashboard">{words.leave}</a>
      </p>
    </BarePage>
  );
  return pageAnswer(page, 403);
}

/** The answer to a form of another organization of the same person than the one that is open now. */
function otherAnswer(
  view: View,
  kept: KeptForm,
  { csrf, open, former }: { csrf: string; open: string; former: string },
): Promise<Response> {
  const words = wordsOf(keptWords, view.language);
  const page = (
    <BarePage view={view} title={words.otherTitle}>
      <p role="status" dir="auto">
        {words.other(open, former)}
      </p>
      <p>
        <a href="/dashboard" target="_blank" rel="noopener">
          {words.switchBeside}
        </a>
      </p>
      <KeptInPage view={view} kept={kept} csrf={csrf} />
    </BarePage>
  );
  return pageAnswer(page, 403);
}
