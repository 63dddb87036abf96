import { Hono } from "hono";
import { factorStateOf, secondFactorsIn } from "../../../identity";
import { Button, ButtonLink } from "../../../ui/components/button";
import { wordsOf } from "../../../ui/strings/define";
import { profileWords } from "../../../ui/strings/profile";
import { relyingPartyHere, type DashboardEnv } from "../../deps";
import { PROFILE } from "./address";
import { profileAnswer } from "./answer";
import { destinationIn } from "./form";

/** Where a member without a second factor is led who has to have one. */
export function enrolRoutes() {
  return new Hono<DashboardEnv>().get("/second-factor", async (c) => {
    const { view, visitor, deps } = c.var;
    const next = destinationIn(c.req.query("to"));
    if (!visitor.session.isWeak) return c.redirect(next, 303);
    const words = wordsOf(profileWords, view.language);
    const here = relyingPartyHere(c);
    // Set up in another session since this one began: it only has to be used.
    const has = secondFactorsIn(await factorStateOf(deps.db, visitor.session.userId, here?.id)).length > 0;
    const { name } = visitor.organization;
    return profileAnswer(c, {
      title: words.enrolTitle,
      state: has ? words.enrolAgain(name) : words.enrol(name),
      children: (
        <>
          {!has && (
            <form class="form" method="post" action={`${PROFILE}/app`}>
              <input type="hidden" name="csrf" value={visitor.csrf} />
              <input type="hidden" name="to" value={next} />
              <Button kind="main">{words.appAdd}</Button>
            </form>
          )}
          {!has && here && (
            <p class="spaced needs-script">
              <ButtonLink icon="passkey" href={`${PROFILE}/passkeys/new?to=${encodeURIComponent(next)}`}>
                {words.passkeyAdd}
              </ButtonLink>
            </p>
          )}
          <form class="spaced" method="post" action="/sign-out">
            <button class="link">{words.enrolOther}</button>
          </form>
        </>
      ),
    });
  });
}
