import { Hono } from "hono";
import { z } from "zod";
import {
  changePassword,
  endOtherSessions,
  endSession,
  forgetBrowser,
  newPassword,
  rememberBrowser,
  REMEMBERED_FOR,
  SHORTEST_PASSWORD,
  updateOwnAccount,
} from "../../../identity";
import { BROWSER_COOKIE, cookieFor } from "../../../lib/http/session-cookie";
import { SECOND } from "../../../lib/time";
import { LANGUAGES } from "../../../ui/language";
import { wordsOf } from "../../../ui/strings/define";
import { people } from "../../../ui/strings/people";
import { fieldErrorsIn, refusalText } from "../../../ui/strings/refusals";
import { languageCookie } from "../../../ui/view";
import { actOf, writingDeps, type DashboardEnv } from "../../deps";
import { notFoundAnswer } from "../../message-page";
import { doneAnswer, ownForm } from "./form";
import { profilePage } from "./read";

const account = z.object({ name: z.string().trim().min(1).max(200), locale: z.enum(LANGUAGES).or(z.literal("")) });

/** The forms of the profile itself: account, password, sessions, browsers. */
export function accountRoutes() {
  return new Hono<DashboardEnv>()
    .post("/account", async (c) => {
      const form = await ownForm(c);
      if (form instanceof Response) return form;
      const sent = account.safeParse({ name: form("name"), locale: form("locale") });
      if (!sent.success) {
        const words = wordsOf(people, c.var.view.language);
        const message = form("name").trim() === "" ? words.required : words.longValue;
        return profilePage(c, { name: form("name"), errors: [{ field: "name", message }] });
      }
      const { name, locale } = sent.data;
      const change = { userId: c.var.visitor.session.userId, name, locale: locale === "" ? null : locale };
      const changed = await updateOwnAccount(writingDeps(c), change, actOf(c));
      if (!changed.ok) return notFoundAnswer(c.var.view);
      if (locale !== "") c.var.cookies.push(languageCookie(locale, c.req.url.startsWith("https:")));
      return doneAnswer("saved");
    })
    .post("/password", async (c) => {
      const form = await ownForm(c);
      if (form instanceof Response) return form;
      const { view, visitor, cookies } = c.var;
      const { userId, hash } = visitor.session;
      const next = newPassword.safeParse(form("new_password"));
      if (!next.success) {
        const words = wordsOf(people, view.language);
        const isLong = form("new_password").length > SHORTEST_PASSWORD;
        const message = isLong ? words.longValue : words.shortPassword(SHORTEST_PASSWORD);
        return profilePage(c, { errors: [{ field: "new_password", message }] });
      }
      const input = {
        userId,
        present: form("current_password").slice(0, 1_000),
        next: next.data,
        sessionHash: hash,
        address: c.req.header("cf-connecting-ip") ?? null,
      };
      const changed = await changePassword(writingDeps(c), input, actOf(c));
      if (!changed.ok) {
        const { error } = changed;
        const errors =
          error.kind === "invalid"
            ? fieldErrorsIn(error.fields, view.language)
            : [{ field: "current_password", message: refusalText(error, view.language) }];
        return profilePage(c, { errors });
      }
      // The former cookie ended with the former password.
      const place = { address: input.address, userAgent: c.req.header("user-agent") ?? null };
      const browser = await rememberBrowser(writingDeps(c), { userId, place }, actOf(c).now);
      cookies.push(cookieFor(BROWSER_COOKIE, browser, REMEMBERED_FOR / SECOND));
      return doneAnswer("password");
    })
    .post("/sessions/end-others", async (c) => {
      const form = await ownForm(c);
      if (form instanceof Response) return form;
      const { userId, hash } = c.var.visitor.session;
      const ended = await endOtherSessions(writingDeps(c), { userId, hash });
      return doneAnswer(`others-${ended}`);
    })
    .post("/sessions/:id/end", async (c) => {
      const form = await ownForm(c);
      if (form instanceof Response) return form;
      const target = { userId: c.var.visitor.session.userId, id: c.req.param("id") };
      const ended = await endSession(writingDeps(c), target);
      return ended.ok ? doneAnswer("session") : notFoundAnswer(c.var.view);
    })
    .post("/browsers/:id/forget", async (c) => {
      const form = await ownForm(c);
      if (form instanceof Response) return form;
      const target = { userId: c.var.visitor.session.userId, id: c.req.param("id") };
      const forgotten = await forgetBrowser(writingDeps(c), target);
      return forgotten.ok ? doneAnswer("browser") : notFoundAnswer(c.var.view);
    });
}
