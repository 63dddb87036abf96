import { Hono } from "hono";
import { raw } from "hono/html";
import { beginTotp, confirmTotp, groupsOfFour, pendingTotpKey, removeTotp, type TotpKey } from "../../../identity";
import { qrCodeSvg } from "../../../lib/qr-code";
import { Button, ButtonLink } from "../../../ui/components/button";
import { CopyButton } from "../../../ui/components/code";
import { FormErrors, TextField, type FieldErrors } from "../../../ui/components/form";
import { wordsOf } from "../../../ui/strings/define";
import { profileWords } from "../../../ui/strings/profile";
import { fieldErrorsIn } from "../../../ui/strings/refusals";
import { askToConfirm } from "../../confirmation/confirm";
import { actOf, renewSession, writingDeps, type DashboardEnv, type PageContext } from "../../deps";
import { PROFILE } from "./address";
import { profileAnswer } from "./answer";
import { addedAnswer } from "./codes";
import { destinationIn, doneAnswer, ownForm } from "./form";
import { refusedHere } from "./refused";

/** The authenticator app: its key, the code that confirms it, and its end. */
export function appRoutes() {
  return new Hono<DashboardEnv>()
    .post("/app", async (c) => {
      const form = await ownForm(c);
      if (form instanceof Response) return form;
      const asked = await askToConfirm(c);
      if (asked) return asked;
      const { visitor } = c.var;
      const input = { userId: visitor.session.userId, account: visitor.person.email };
      const begun = await beginTotp(writingDeps(c), input, actOf(c));
      if (!begun.ok) return refusedHere(c, begun.error);
      return c.redirect(`${PROFILE}/app?to=${encodeURIComponent(destinationIn(form("to")))}`, 303);
    })
    .get("/app", async (c) => {
      // Whoever sees the key has the app's codes.
      const asked = await askToConfirm(c);
      if (asked) return asked;
      const { visitor, plain } = c.var;
      const input = { userId: visitor.session.userId, account: visitor.person.email };
      const key = await pendingTotpKey(plain, input);
      return key.ok ? keyAnswer(c, key.value, destinationIn(c.req.query("to"))) : c.redirect(PROFILE, 303);
    })
    .post("/app/confirm", async (c) => {
      const form = await ownForm(c);
      if (form instanceof Response) return form;
      const { visitor, plain, view } = c.var;
      const { userId } = visitor.session;
      const next = destinationIn(form("to"));
      const confirmed = await confirmTotp(writingDeps(c), { userId, code: form("code") }, actOf(c));
      if (!confirmed.ok) {
        const key = await pendingTotpKey(plain, { userId, account: visitor.person.email });
        if (confirmed.error.kind !== "invalid" || !key.ok) return refusedHere(c, confirmed.error);
        // Shown again, the page has the key: for that its person has to have proved lately who they are.
        const errors = fieldErrorsIn(confirmed.error.fields, view.language);
        return (await askToConfirm(c)) ?? keyAnswer(c, key.value, next, errors);
      }
      const renewed = await renewSession(c, "password+totp");
      if (!renewed.ok) return refusedHere(c, renewed.error);
      return addedAnswer(c, { codes: confirmed.value.recoveryCodes, next, done: "app" });
    })
    .get("/app/remove", (c) => {
      const words = wordsOf(profileWords, c.var.view.language);
      return profileAnswer(c, {
        title: words.appRemove,
        children: (
          <>
            <p>{words.appRemoveWhy}</p>
            <form method="post" class="actions spaced">
              <input type="hidden" name="csrf" value={c.var.visitor.csrf} />
              <ButtonLink href={PROFILE}>{words.cancel}</ButtonLink>
              <Button kind="danger">{words.appRemove}</Button>
            </form>
          </>
        ),
      });
    })
    .post("/app/remove", async (c) => {
      const form = await ownForm(c);
      if (form instanceof Response) return form;
      const asked = await askToConfirm(c);
      if (asked) return asked;
      const removed = await removeTotp(writingDeps(c), c.var.visitor.session.userId);
      return removed.ok ? doneAnswer("app-removed") : refusedHere(c, removed.error);
    });
}

function keyAnswer(c: PageContext, { key, url }: TotpKey, next: string, errors: FieldErrors = []): Promise<Response> {
  const { view, visitor } = c.var;
  const words = wordsOf(profileWords, view.language);
  return profileAnswer(c, {
    title: words.appTitle,
    state: words.appScan,
    status: errors.length > 0 ? 422 : 200,
    children: (
      <div class="enrol">
        <div class="qr">{raw(qrCodeSvg(url, words.appQr))}</div>
        <div>
          <p class="hint">{words.appKey}</p>
          <p class="id">
            <code class="enrol-key">{groupsOfFour(key).join(" ")}</code>
            <CopyButton view={view} text={key} what={words.appKey} />
          </p>
          <p>
            <a href={url}>{words.appOpen}</a>
          </p>
          <FormErrors view={view} errors={errors} />
          <form class="form" method="post" action={`${PROFILE}/app/confirm`}>
            <input type="hidden" name="csrf" value={visitor.csrf} />
            <input type="hidden" name="to" value={next} />
            <TextField
              view={view}
              name="code"
              label={words.appCode}
              hint={words.appCodeHint}
              autocomplete="one-time-code"
              inputmode="numeric"
              maxlength={10}
              errors={errors}
              autofocus={errors.length === 0}
              mono
            />
            <div class="actions">
              <ButtonLink href={visitor.session.isWeak ? `${PROFILE}/second-factor` : PROFILE}>
                {words.cancel}
              </ButtonLink>
              <Button kind="main">{words.appConfirm}</Button>
            </div>
          </form>
        </div>
      </div>
    ),
  });
}
