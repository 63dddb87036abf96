import { Hono } from "hono";
import { countSamples, loadSamples, removeSamples, SAMPLE_CALLS } from "../../samples";
import { wordsOf } from "../../ui/strings/define";
import { firstHourWords } from "../../ui/strings/first-hour";
import { AskPage } from "../ask-page";
import { actOf, writingDeps, type DashboardEnv } from "../deps";
import { needs, ownForm } from "../forms";
import { frameOf, readWhole } from "../frame";
import { pageAnswer } from "../../ui/layout/page";
import { PAGE_HEADERS } from "../../ui/security";
import { FirstSteps } from "./first-steps";
import { readHome } from "./read";

/** `/dashboard/first-steps` and `/dashboard/samples` */
export function firstHourRoutes() {
  const routes = new Hono<DashboardEnv>();

  // A part of Home, asked for again and again. The way there is Home's own.
  routes.get("/first-steps", needs("samples:write"), async (c) => {
    const { deps, view, visitor } = c.var;
    const { first } = await readHome(deps.db, visitor.caller, view.now);
    const part = first ? <FirstSteps view={view} first={first} csrf={visitor.csrf} /> : <div id="first-steps" />;
    return new Response(String(await part), { headers: PAGE_HEADERS });
  });

  routes.post("/samples", async (c) => {
    const form = await ownForm(c, "samples:write");
    if (form instanceof Response) return form;
    const { organizationId } = c.var.visitor.caller;
    await loadSamples(writingDeps(c), { organizationId, count: SAMPLE_CALLS }, actOf(c));
    return c.redirect("/dashboard", 303);
  });

  routes.get("/samples/remove", needs("samples:write"), async (c) => {
    const { deps, view, visitor } = c.var;
    const [samples, whole] = await Promise.all([
      countSamples(deps.db, visitor.caller.organizationId),
      readWhole(deps.db, visitor),
    ]);
    const words = wordsOf(firstHourWords, view.language);
    const count = view.formats.number(samples);
    return pageAnswer(
      <AskPage
        view={view}
        frame={frameOf(view, visitor, whole)}
        current="home"
        title={words.removeTitle}
        back={{ href: "/dashboard", title: words.cancel }}
        go={samples === 0 ? null : words.removeAll(count)}
        danger
      >
        <p>{samples === 0 ? words.removeNone : words.removeText(count)}</p>
      </AskPage>,
    );
  });

  routes.post("/samples/remove", async (c) => {
    const form = await ownForm(c, "samples:write");
    if (form instanceof Response) return form;
    await removeSamples(writingDeps(c), c.var.visitor.caller.organizationId, actOf(c));
    return c.redirect("/dashboard", 303);
  });

  return routes;
}
