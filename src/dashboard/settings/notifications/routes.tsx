import { Hono } from "hono";
import { kindsFor, readPreferences, writePreferences } from "../../../identity";
import { pageAnswer } from "../../../ui/layout/page";
import { actOf, isOwnForm, type DashboardEnv } from "../../deps";
import { frameOf, readWhole } from "../../frame";
import { staleAnswer } from "../../message-page";
import { readerOf } from "../../visitor";
import { NotificationPreferencesPage } from "./page";

const HERE = "/dashboard/settings/notifications";

/** `/dashboard/settings/notifications` */
export function notificationPreferenceRoutes() {
  const routes = new Hono<DashboardEnv>();

  routes.get("/settings/notifications", async (c) => {
    const { deps, view, visitor } = c.var;
    const [preferences, whole] = await Promise.all([
      readPreferences(deps.db, readerOf(visitor)),
      readWhole(deps.db, visitor),
    ]);
    return pageAnswer(
      <NotificationPreferencesPage
        view={view}
        frame={frameOf(view, visitor, whole)}
        caller={visitor.caller}
        preferences={preferences}
        kinds={kindsFor(visitor.caller)}
        sendsMail={deps.mailer !== null}
        saved={c.req.query("saved") === "yes"}
      />,
    );
  });

  routes.post("/settings/notifications", async (c) => {
    const { plain, view, visitor } = c.var;
    const form = await c.req.parseBody({ all: true });
    if (!(await isOwnForm(c, form))) return staleAnswer(view);
    const named = (name: string) => [form[name] ?? []].flat().map(String);
    const wanted = named("kind");
    // Only what the form showed: a kind that it did not show stays as it is.
    const shown = kindsFor(visitor.caller).filter((kind) => named("shown").includes(kind));
    const kinds = Object.fromEntries(shown.map((kind) => [kind, wanted.includes(kind)]));
    const language = view.language === "es" ? "es" : "en";
    await writePreferences(plain, readerOf(visitor), { kinds, digest: named("digest").length > 0, language }, actOf(c));
    return c.redirect(`${HERE}?saved=yes`, 303);
  });

  return routes;
}
