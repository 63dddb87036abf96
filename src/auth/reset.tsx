import { Hono, type Context } from "hono";
import {
  countResetRequest,
  emailAddress,
  isResetOpen,
  mailPasswordReset,
  newPassword,
  resetPassword,
  SHORTEST_PASSWORD,
  type ResetLetter,
} from "../identity";
import { afterAnswer } from "../lib/http/after-answer";
import { pageAnswer } from "../ui/layout/page";
import type { FieldErrors } from "../ui/components/form";
import { wordsOf } from "../ui/strings/define";
import { people } from "../ui/strings/people";
import { errorsIn } from "./person-fields";
import { placeOf } from "./act";
import { formOf, type AuthEnv } from "./request";
import { AskForResetPage, ResetEndPage, ResetPage } from "./reset-pages";

/** A forgotten password: a page that asks for the address, and one that the link in the mail leads to. */
export function resetRoutes() {
  return new Hono<AuthEnv>()
    .get("/reset-password", (c) =>
      pageAnswer(<AskForResetPage view={c.var.view} notice={c.var.deps.sendResetLink ? undefined : "no-mail"} />),
    )
    .post("/reset-password", async (c) => {
      const { deps, view } = c.var;
      if (!deps.sendResetLink) return pageAnswer(<AskForResetPage view={view} notice="no-mail" />);
      const email = emailAddress.safeParse((await formOf(c)).email);
      // What is no address has no account either, and gets the same answer.
      if (!email.success) return pageAnswer(<AskForResetPage view={view} notice="sent" />);
      const input = { email: email.data, address: placeOf(c).address };
      const { db, config, sendResetLink: send, now } = deps;
      const asked = await countResetRequest(deps, input, now());
      if (!asked.ok) return pageAnswer(<AskForResetPage view={view} notice="often" />, 429);
      const language = view.language === "pseudo" ? "en" : view.language;
      const mailing = { db, publicUrl: config.publicUrl, send: (letter: ResetLetter) => send(letter, language) };
      afterAnswer(c, mailPasswordReset(mailing, email.data, now()), "reset_link.not_sent");
      return pageAnswer(<AskForResetPage view={view} notice="sent" />);
    })
    .get("/reset-password/:token", async (c) => {
      const { db, now } = c.var.deps;
      return (await isResetOpen(db, c.req.param("token"), now())) ? resetPage(c) : over(c);
    })
    .post("/reset-password/:token", async (c) => {
      const { deps, view } = c.var;
      const token = c.req.param("token");
      if (!(await isResetOpen(deps.db, token, deps.now()))) return over(c);
      const password = newPassword.safeParse((await formOf(c)).password);
      if (!password.success) return resetPage(c, errorsIn(password.error, wordsOf(people, view.language), "password"));
      const { address, requestId } = placeOf(c);
      const set = await resetPassword(deps, { token, password: password.data, address, requestId }, deps.now());
      if (set.ok) return pageAnswer(<ResetEndPage view={view} end="saved" />);
      return set.error.kind === "too_many" ? pageAnswer(<AskForResetPage view={view} notice="often" />, 429) : over(c);
    });
}

function resetPage(c: Context<AuthEnv>, errors?: FieldErrors): Promise<Response> {
  const action = new URL(c.req.url).pathname;
  return pageAnswer(
    <ResetPage view={c.var.view} action={action} shortest={SHORTEST_PASSWORD} errors={errors} />,
    errors ? 422 : 200,
  );
}

function over(c: Context<AuthEnv>): Promise<Response> {
  return pageAnswer(<ResetEndPage view={c.var.view} end="over" />, 404);
}
