import { Hono } from "hono";
import { wordsOf, type Words } from "../../../ui/strings/define";
import { profileWords } from "../../../ui/strings/profile";
import type { DashboardEnv } from "../../deps";
import { accountRoutes } from "./account";
import { appRoutes } from "./app";
import { codeRoutes } from "./codes";
import { enrolRoutes } from "./enrol";
import { passkeyRoutes } from "./passkeys";
import { profilePage } from "./read";

const HERE = "/settings/profile";

/** `/dashboard/settings/profile`: what is a person's own, whatever their role. */
export function profileRoutes() {
  const routes = new Hono<DashboardEnv>().get(HERE, (c) => {
    const words = wordsOf(profileWords, c.var.view.language);
    const toast = toastOf(c.req.query("done") ?? "", words, c.var.view.formats.number);
    return profilePage(c, toast === undefined ? {} : { toast });
  });
  for (const part of [accountRoutes, appRoutes, passkeyRoutes, codeRoutes, enrolRoutes]) routes.route(HERE, part());
  return routes;
}

/** What the form before this page did, from the address it led to. */
function toastOf(
  done: string,
  words: Words<typeof profileWords>,
  number: (value: number) => string,
): string | undefined {
  const others = /^others-(\d{1,4})$/.exec(done)?.[1];
  if (others !== undefined) return words.othersEnded(number(Number(others)));
  const known = new Map([
    ["saved", words.saved],
    ["password", words.passwordChanged],
    ["app", words.appAdded],
    ["app-removed", words.appRemoved],
    ["passkey", words.passkeyAdded],
    ["passkey-renamed", words.passkeyRenamed],
    ["passkey-removed", words.passkeyRemoved],
    ["session", words.sessionEnded],
    ["browser", words.browserForgotten],
  ]);
  return known.get(done);
}
