import { Hono } from "hono";
import { factorStateOf, replaceRecoveryCodes } from "../../../identity";
import { Button, ButtonLink } from "../../../ui/components/button";
import { Code } from "../../../ui/components/code";
import { wordsOf } from "../../../ui/strings/define";
import { profileWords } from "../../../ui/strings/profile";
import { askToConfirm } from "../../confirmation/confirm";
import { actOf, relyingPartyHere, writingDeps, type DashboardEnv, type PageContext } from "../../deps";
import { PROFILE } from "./address";
import { profileAnswer } from "./answer";
import { doneAnswer, ownForm } from "./form";
import { refusedHere } from "./refused";

/** The answer with codes that are shown this once; `next` is where their owner goes on. */
export function codesAnswer(c: PageContext, codes: readonly string[], next: string): Promise<Response> {
  const { view } = c.var;
  const words = wordsOf(profileWords, view.language);
  const text = `${codes.join("\n")}\n`;
  return profileAnswer(c, {
    title: words.codesTitle,
    state: words.codesWhy,
    children: (
      <>
        <Code view={view} text={codes.join("\n")} what={words.codes} />
        <div class="actions spaced">
          <a
            class="button plain"
            href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}
            download={words.codesFile}
          >
            {words.codesDownload}
          </a>
          <ButtonLink kind="main" href={next}>
            {words.codesKept}
          </ButtonLink>
        </div>
      </>
    ),
  });
}

/** What follows a second factor that was added: the codes that came with the first one, or where to go on. */
export function addedAnswer(
  c: PageContext,
  { codes, next, done }: { codes: readonly string[] | undefined; next: string; done: string },
): Promise<Response> | Response {
  if (codes) return codesAnswer(c, codes, next);
  return next === PROFILE ? doneAnswer(done) : new Response(null, { status: 303, headers: { location: next } });
}

/** Recovery codes: replaced by ten new ones, which are shown once. */
export function codeRoutes() {
  return new Hono<DashboardEnv>()
    .get("/recovery-codes", async (c) => {
      const { view, visitor, deps } = c.var;
      const words = wordsOf(profileWords, view.language);
      const state = await factorStateOf(deps.db, visitor.session.userId, relyingPartyHere(c)?.id);
      return profileAnswer(c, {
        title: words.codesReplaceTitle,
        children: (
          <>
            <p>{words.codesReplaceWhy(view.formats.number(state.recoveryCodes))}</p>
            <form method="post" class="actions spaced">
              <input type="hidden" name="csrf" value={visitor.csrf} />
              <ButtonLink href={PROFILE}>{words.cancel}</ButtonLink>
              <Button kind="main">{words.codesReplaceButton}</Button>
            </form>
          </>
        ),
      });
    })
    .post("/recovery-codes", async (c) => {
      const form = await ownForm(c);
      if (form instanceof Response) return form;
      const asked = await askToConfirm(c);
      if (asked) return asked;
      const made = await replaceRecoveryCodes(writingDeps(c), c.var.visitor.session.userId, actOf(c));
      return made.ok ? codesAnswer(c, made.value, PROFILE) : refusedHere(c, made.error);
    });
}
