import { Hono } from "hono";
import type { Child } from "hono/jsx";
import type { DomainError } from "../../errors";
import {
  changeView,
  chooseDefaultView,
  listViews,
  mayShareViews,
  removeView,
  saveView,
  type SavedView,
} from "../../identity";
import { ok, type Result } from "../../lib/result";
import { differing } from "../../ui/components/stale";
import { Toast } from "../../ui/components/toast";
import { pageAnswer } from "../../ui/layout/page";
import { wordsOf } from "../../ui/strings/define";
import { viewWords } from "../../ui/strings/views";
import { actOf, writingDeps, type DashboardEnv, type PageContext } from "../deps";
import { failureAnswer, needs, ownForm, type Fields } from "../forms";
import { frameOf, readWhole } from "../frame";
import { notFoundAnswer, refusedAnswer } from "../message-page";
import { filtersIn, newViewId, viewId, viewName, viewsOf, viewToReplace } from "./form";
import { UndoRemove, ViewsPage, type Editing } from "./page";

const VIEWS = "/dashboard/calls/views";

/** `/dashboard/calls/views` */
export function viewRoutes() {
  const routes = new Hono<DashboardEnv>();

  for (const path of ["/calls/views", "/calls/views/*"]) routes.use(path, needs("calls:read"));

  routes.get("/calls/views", (c) => viewsAnswer(c));

  routes.get("/calls/views/:id", async (c) => {
    const found = await findView(c, c.req.param("id"));
    if (!found?.isMine) return notFoundAnswer(c.var.view);
    return viewsAnswer(c, { view: found, entered: found, errors: [], differences: [] });
  });

  routes.post("/calls/views", async (c) => {
    const form = await ownForm(c, "calls:read");
    if (form instanceof Response) return form;
    const words = wordsOf(viewWords, c.var.view.language);
    const query = filtersIn(form.text("query"));
    if (query === "") return refusedAnswer(c.var.view, words.nothing, "/dashboard/calls");
    const replaced = viewToReplace.safeParse(form.text("as"));
    const saved = replaced.success ? await replace(c, replaced.data, query) : await saveNew(c, form, query);
    if (saved instanceof Response) return saved;
    if (!saved.ok) return failureAnswer(c, saved.error);
    if (form.text("first") === "true") await chooseDefaultView(writingDeps(c), viewsOf(c), saved.value);
    return c.redirect(`/dashboard/calls?${query}`, 303);
  });

  routes.post("/calls/views/:id", async (c) => {
    const form = await ownForm(c, "calls:read");
    if (form instanceof Response) return form;
    const { view } = c.var;
    const found = await findView(c, c.req.param("id"));
    if (!found?.isMine) return notFoundAnswer(view);
    const entered = { name: form.text("name"), shared: form.text("shared") === "true" };
    const words = wordsOf(viewWords, view.language);
    const [name, seen] = [viewName.safeParse(entered.name), form.text("seen")];
    if (!name.success) {
      const errors = [{ field: "name", message: words.badName }];
      return viewsAnswer(c, { view: found, entered, seen, errors, differences: [] });
    }
    const { version } = found;
    if (seen !== String(version)) {
      const differences = differencesOf(c, found, entered);
      return viewsAnswer(c, { view: found, entered, errors: [], differences });
    }
    const content = { id: found.id, version, query: found.query, name: name.data, shared: entered.shared };
    const changed = await changeView(writingDeps(c), viewsOf(c), content, actOf(c));
    return changed.ok ? c.redirect(VIEWS, 303) : failureAnswer(c, changed.error);
  });

  routes.post("/calls/views/:id/first", async (c) => {
    const form = await ownForm(c, "calls:read");
    if (form instanceof Response) return form;
    const id = form.text("first") === "no" ? null : c.req.param("id");
    const chosen = await chooseDefaultView(writingDeps(c), viewsOf(c), id);
    return chosen.ok ? c.redirect(VIEWS, 303) : failureAnswer(c, chosen.error);
  });

  routes.post("/calls/views/:id/remove", async (c) => {
    const form = await ownForm(c, "calls:read");
    if (form instanceof Response) return form;
    const found = await findView(c, c.req.param("id"));
    // Sent twice, or by another one too: it is gone, which is what was asked for.
    if (!found) return c.redirect(VIEWS, 303);
    const removed = await removeView(writingDeps(c), viewsOf(c), found.id, actOf(c));
    if (!removed.ok) return failureAnswer(c, removed.error);
    const { view, visitor } = c.var;
    return viewsAnswer(c, null, <UndoRemove view={view} csrf={visitor.csrf} removed={found} />);
  });

  return routes;
}

async function saveNew(c: PageContext, form: Fields, query: string): Promise<Result<string, DomainError> | Response> {
  const { view } = c.var;
  const name = viewName.safeParse(form.text("name"));
  if (!name.success) return refusedAnswer(view, wordsOf(viewWords, view.language).badName, `/dashboard/calls?${query}`);
  const id = viewId.catch(newViewId(view.now)).parse(form.text("form"));
  const content = { id, name: name.data, query, shared: form.text("shared") === "true" };
  const saved = await saveView(writingDeps(c), viewsOf(c), content, actOf(c));
  return saved.ok ? ok(id) : saved;
}

async function replace(
  c: PageContext,
  { id, version }: { id: string; version: number },
  query: string,
): Promise<Result<string, DomainError> | Response> {
  const found = await findView(c, id);
  if (!found?.isMine) return notFoundAnswer(c.var.view);
  const { name, shared } = found;
  const changed = await changeView(writingDeps(c), viewsOf(c), { id, version, name, shared, query }, actOf(c));
  return changed.ok ? ok(id) : changed;
}

async function findView(c: PageContext, id: string): Promise<SavedView | undefined> {
  return (await listViews(c.var.plain.db, viewsOf(c))).find((one) => one.id === id);
}

async function viewsAnswer(c: PageContext, editing: Editing | null = null, toast?: Child): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const [views, whole] = await Promise.all([listViews(deps.db, viewsOf(c)), readWhole(deps.db, visitor)]);
  const { errors = [], differences = [] } = editing ?? {};
  return pageAnswer(
    <ViewsPage
      view={view}
      frame={frameOf(view, visitor, whole)}
      views={views}
      editing={editing}
      mayShare={mayShareViews(visitor.caller)}
      {...(toast === undefined ? {} : { toast: <Toast>{toast}</Toast> })}
    />,
    differences.length > 0 ? 409 : errors.length > 0 ? 422 : 200,
  );
}

function differencesOf({ var: { view } }: PageContext, stored: SavedView, entered: Editing["entered"]) {
  const words = wordsOf(viewWords, view.language);
  const yes = (is: boolean) => (is ? words.yes : words.no);
  return differing([
    { label: words.name, stored: stored.name, entered: entered.name },
    { label: words.share, stored: yes(stored.shared), entered: yes(entered.shared) },
  ]);
}
