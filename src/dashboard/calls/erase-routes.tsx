import { Hono } from "hono";
import { readCall } from "../../calls";
import { countCall, eraseCall, isCallHeld } from "../../privacy";
import { pageAnswer } from "../../ui/layout/page";
import { wordsOf } from "../../ui/strings/define";
import { privacyWords } from "../../ui/strings/privacy";
import { AskPage } from "../ask-page";
import { actOf, writingDeps, type DashboardEnv } from "../deps";
import { failureAnswer, needs, ownForm } from "../forms";
import { frameOf, readWhole } from "../frame";
import { CountFacts } from "../settings/privacy/counts";
import { PRIVACY } from "../settings/privacy/address";

/** `/dashboard/calls/:id/erase`: what erasing the call would erase, and the asking. */
export function callErasureRoutes() {
  const routes = new Hono<DashboardEnv>();

  routes.get("/calls/:id/erase", needs("privacy:erase"), async (c) => {
    const { deps, view, visitor } = c.var;
    const { organizationId, reach } = visitor.caller;
    const callId = c.req.param("id") ?? "";
    const call = await readCall(deps.db, { organizationId, reach, id: callId });
    if (!call.ok) return failureAnswer(c, call.error);
    const [counts, isHeld, whole] = await Promise.all([
      countCall(deps, { organizationId, callId }),
      isCallHeld(deps.db, { organizationId, callId }),
      readWhole(deps.db, visitor),
    ]);
    const words = wordsOf(privacyWords, view.language);
    return pageAnswer(
      <AskPage
        view={view}
        frame={frameOf(view, visitor, whole)}
        current="calls"
        title={words.eraseTitle}
        back={{ href: `/dashboard/calls/${callId}`, title: words.back }}
        go={isHeld ? null : words.eraseGo}
        danger
      >
        <p>{isHeld ? words.heldCall : words.eraseWhy}</p>
        <CountFacts view={view} words={words} counts={counts} />
      </AskPage>,
    );
  });

  routes.post("/calls/:id/erase", async (c) => {
    const form = await ownForm(c, "privacy:erase");
    if (form instanceof Response) return form;
    const begun = await eraseCall(writingDeps(c), c.var.visitor.caller, c.req.param("id"), actOf(c));
    if (!begun.ok) return failureAnswer(c, begun.error);
    return c.redirect(`${PRIVACY}/erasures/${begun.value.id}`, 303);
  });

  return routes;
}
