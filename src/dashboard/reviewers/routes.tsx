import { Hono } from "hono";
import { isLimited } from "../../identity";
import { endAbsence, listReviewers, setAbsence } from "../../quality";
import { pageAnswer } from "../../ui/layout/page";
import { addDays, startOfDay } from "../days";
import { actOf, writingDeps, type DashboardEnv, type PageContext } from "../deps";
import { failureAnswer, needs, ownForm } from "../forms";
import { frameOf, readWhole } from "../frame";
import { ReviewersPage } from "./page";

const HERE = "/dashboard/reviewers";

/** `/dashboard/reviewers` */
export function reviewerRoutes() {
  const routes = new Hono<DashboardEnv>();

  routes.get("/reviewers", needs("reviews:assign"), (c) => show(c));

  routes.post("/reviewers/away", async (c) => {
    const form = await ownForm(c, "reviews:assign");
    if (form instanceof Response) return form;
    const { organizationId, reach } = c.var.visitor.caller;
    const target = { organizationId, reach, reviewerId: form.text("reviewer") };
    const day = form.text("until").trim();
    const isDay = /^\d{4}-\d{2}-\d{2}$/.test(day);
    // Away for the whole of the day that is named.
    const until = isDay ? startOfDay(addDays(day, 1), c.var.view.formats) : null;
    const change = { until, handOn: form.text("handOn") !== "" };
    const set = await setAbsence(writingDeps(c), target, change, actOf(c));
    return set.ok ? c.redirect(`${HERE}?done=away`, 303) : failureAnswer(c, set.error);
  });

  routes.post("/reviewers/:id/back", async (c) => {
    const form = await ownForm(c, "reviews:assign");
    if (form instanceof Response) return form;
    const { organizationId, reach } = c.var.visitor.caller;
    const ended = await endAbsence(writingDeps(c).db, { organizationId, reach, reviewerId: c.req.param("id") });
    return ended.ok ? c.redirect(`${HERE}?done=back`, 303) : failureAnswer(c, ended.error);
  });

  return routes;
}

async function show(c: PageContext): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const [reviewers, whole] = await Promise.all([
    listReviewers(deps.db, visitor.caller, view.now),
    readWhole(deps.db, visitor),
  ]);
  const done = c.req.query("done");
  return pageAnswer(
    <ReviewersPage
      view={view}
      frame={frameOf(view, visitor, whole)}
      reviewers={reviewers}
      maySetAway={!isLimited(visitor.caller.reach)}
      done={done === "away" || done === "back" ? done : null}
    />,
  );
}
