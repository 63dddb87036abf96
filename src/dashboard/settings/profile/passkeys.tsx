import { Hono } from "hono";
import { z } from "zod";
import {
  addPasskey,
  beginPasskey,
  listPasskeys,
  newPasskeyResponse,
  removePasskey,
  renamePasskey,
  type NewPasskeyResponse,
} from "../../../identity";
import { Button, ButtonLink } from "../../../ui/components/button";
import { FormErrors, TextField, type FieldErrors } from "../../../ui/components/form";
import { PasskeyForm } from "../../../ui/components/passkey-form";
import { wordsOf } from "../../../ui/strings/define";
import { profileWords } from "../../../ui/strings/profile";
import { refusalText } from "../../../ui/strings/refusals";
import { askToConfirm } from "../../confirmation/confirm";
import {
  actOf,
  isOwnForm,
  relyingPartyHere,
  renewSession,
  writingDeps,
  type DashboardEnv,
  type PageContext,
} from "../../deps";
import { notFoundAnswer } from "../../message-page";
import { PROFILE } from "./address";
import { profileAnswer } from "./answer";
import { addedAnswer } from "./codes";
import { destinationIn, doneAnswer, ownForm } from "./form";
import { refusedHere } from "./refused";

const passkeyName = z.string().trim().min(1).max(100);

/** Passkeys: added by the browser, renamed, removed. */
export function passkeyRoutes() {
  return new Hono<DashboardEnv>()
    .get("/passkeys/new", async (c) => {
      if (!relyingPartyHere(c)) return notFoundAnswer(c.var.view);
      return (await askToConfirm(c)) ?? newPasskeyPage(c, { next: destinationIn(c.req.query("to")) });
    })
    .post("/passkeys/options", async (c) => {
      const { visitor } = c.var;
      const here = relyingPartyHere(c);
      if (!here) return c.notFound();
      // The page's script sends the form then as it is, and is asked to confirm.
      if (!(await isOwnForm(c, await c.req.parseBody())) || !visitor.confirmed) return c.body(null, 403);
      const person = { userId: visitor.session.userId, ...visitor.person };
      c.header("cache-control", "no-store");
      return c.json(await beginPasskey(writingDeps(c), person, here, actOf(c)));
    })
    .post("/passkeys", async (c) => {
      const form = await ownForm(c);
      if (form instanceof Response) return form;
      const asked = await askToConfirm(c);
      if (asked) return asked;
      const here = relyingPartyHere(c);
      if (!here) return notFoundAnswer(c.var.view);
      const { view, visitor } = c.var;
      const words = wordsOf(profileWords, view.language);
      const next = destinationIn(form("to"));
      const name = passkeyName.safeParse(form("name"));
      const response = responseIn(form("passkey"));
      if (!name.success || !response) {
        const message = name.success ? words.passkeyNotAdded : words.passkeyNameHint;
        return newPasskeyPage(c, { next, name: form("name"), errors: [{ field: "name", message }] });
      }
      const input = { userId: visitor.session.userId, name: name.data, response };
      const added = await addPasskey(writingDeps(c), input, here, actOf(c));
      if (!added.ok) {
        const message =
          added.error.kind === "invalid" ? words.passkeyNotAdded : refusalText(added.error, view.language);
        return newPasskeyPage(c, { next, name: name.data, errors: [{ field: "name", message }] });
      }
      const renewed = await renewSession(c, "passkey");
      if (!renewed.ok) return refusedHere(c, renewed.error);
      return addedAnswer(c, { codes: added.value.recoveryCodes, next, done: "passkey" });
    })
    .post("/passkeys/:id/name", async (c) => {
      const form = await ownForm(c);
      if (form instanceof Response) return form;
      const name = passkeyName.safeParse(form("name"));
      if (!name.success) return c.redirect(PROFILE, 303);
      const input = { userId: c.var.visitor.session.userId, id: c.req.param("id"), name: name.data };
      const renamed = await renamePasskey(writingDeps(c), input);
      return renamed.ok ? doneAnswer("passkey-renamed") : notFoundAnswer(c.var.view);
    })
    .get("/passkeys/:id/remove", async (c) => {
      const { view, visitor, deps } = c.var;
      const words = wordsOf(profileWords, view.language);
      const passkeys = await listPasskeys(deps, visitor.session.userId);
      const passkey = passkeys.find(({ id }) => id === c.req.param("id"));
      if (!passkey) return notFoundAnswer(view);
      return profileAnswer(c, {
        title: words.passkeyRemoveTitle(passkey.name),
        children: (
          <>
            <p>{words.passkeyRemoveWhy}</p>
            <form method="post" class="actions spaced">
              <input type="hidden" name="csrf" value={visitor.csrf} />
              <ButtonLink href={PROFILE}>{words.cancel}</ButtonLink>
              <Button kind="danger">{words.passkeyRemoveButton}</Button>
            </form>
          </>
        ),
      });
    })
    .post("/passkeys/:id/remove", async (c) => {
      const form = await ownForm(c);
      if (form instanceof Response) return form;
      const asked = await askToConfirm(c);
      if (asked) return asked;
      const target = { userId: c.var.visitor.session.userId, id: c.req.param("id") };
      const removed = await removePasskey(writingDeps(c), target);
      return removed.ok ? doneAnswer("passkey-removed") : notFoundAnswer(c.var.view);
    });
}

type Shown = { next: string; name?: string; errors?: FieldErrors };

function newPasskeyPage(c: PageContext, { next, name, errors = [] }: Shown): Promise<Response> {
  const { view, visitor } = c.var;
  const words = wordsOf(profileWords, view.language);
  return profileAnswer(c, {
    title: words.passkeyTitle,
    state: words.passkeyIntro,
    status: errors.length > 0 ? 422 : 200,
    children: (
      <>
        <p class="without-script">{words.passkeyNeedsScript}</p>
        <FormErrors view={view} errors={errors} />
        <PasskeyForm
          view={view}
          does="create"
          action={`${PROFILE}/passkeys`}
          options={`${PROFILE}/passkeys/options`}
          label={words.passkeyAdd}
          main
        >
          <input type="hidden" name="csrf" value={visitor.csrf} />
          <input type="hidden" name="to" value={next} />
          <TextField
            view={view}
            name="name"
            label={words.passkeyName}
            hint={words.passkeyNameHint}
            value={name}
            maxlength={100}
            autocomplete="off"
            errors={errors}
          />
        </PasskeyForm>
        <p>
          <a href={visitor.session.isWeak ? `${PROFILE}/second-factor` : PROFILE}>{words.cancel}</a>
        </p>
      </>
    ),
  });
}

function responseIn(text: string): NewPasskeyResponse | undefined {
  try {
    return newPasskeyResponse.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
