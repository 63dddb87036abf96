import { Hono } from "hono";
import { z } from "zod";
import { listNotifications, markAllRead, markRead, readNotification, type NotificationPosition } from "../../identity";
import { ownPath } from "../../lib/http/own-path";
import { pageAnswer } from "../../ui/layout/page";
import { wordsOf } from "../../ui/strings/define";
import { notificationWords } from "../../ui/strings/notifications";
import type { View } from "../../ui/view";
import { actOf, isOwnForm, type DashboardEnv } from "../deps";
import { frameOf, readWhole } from "../frame";
import { messageAnswer, staleAnswer } from "../message-page";
import { readerOf } from "../visitor";
import { NotificationsPage } from "./page";
import { hrefOfSubject, readSubjects } from "./read";

const HERE = "/dashboard/notifications";
const PAGE = 50;

const back = ownPath.catch(HERE);
const moment = z.coerce.number().int().min(0);

/** `/dashboard/notifications` */
export function notificationRoutes() {
  const routes = new Hono<DashboardEnv>();

  routes.get("/notifications", async (c) => {
    const { deps, view, visitor } = c.var;
    const all = c.req.query("all") === "yes";
    const after = positionOf(c.req.query("after"));
    const [page, whole] = await Promise.all([
      listNotifications(deps.db, readerOf(visitor), { unread: !all, limit: PAGE, ...(after ? { after } : {}) }),
      readWhole(deps.db, visitor),
    ]);
    const subjects = await readSubjects(deps.db, visitor.caller, page.rows, view.now);
    const frame = frameOf(view, visitor, whole);
    return pageAnswer(
      <NotificationsPage
        view={view}
        frame={frame}
        page={page}
        subjects={subjects}
        all={all}
        isFirst={after === undefined}
      />,
    );
  });

  routes.get("/notifications/:id", async (c) => {
    const { plain, view, visitor } = c.var;
    const reader = readerOf(visitor);
    const found = await readNotification(plain.db, reader, c.req.param("id"));
    if (!found.ok) return noNotification(view);
    await markRead(plain, reader, found.value.cause, actOf(c));
    return c.redirect(hrefOfSubject(found.value), 303);
  });

  routes.post("/notifications/read", async (c) => {
    const form = await c.req.parseBody();
    if (!(await isOwnForm(c, form))) return staleAnswer(c.var.view);
    const until = moment.safeParse(form["until"]);
    await markAllRead(c.var.plain, readerOf(c.var.visitor), until.data ?? c.var.view.now, actOf(c));
    return c.redirect(back.parse(form["back"]), 303);
  });

  routes.post("/notifications/:id/read", async (c) => {
    const form = await c.req.parseBody();
    if (!(await isOwnForm(c, form))) return staleAnswer(c.var.view);
    const marked = await markRead(c.var.plain, readerOf(c.var.visitor), c.req.param("id"), actOf(c));
    return marked.ok ? c.redirect(back.parse(form["back"]), 303) : noNotification(c.var.view);
  });

  return routes;
}

function positionOf(text: string | undefined): NotificationPosition | undefined {
  const [, createdAt, cause] = /^(\d{1,15})\.(.{1,400})$/.exec(text ?? "") ?? [];
  return createdAt === undefined || cause === undefined ? undefined : { createdAt: Number(createdAt), cause };
}

function noNotification(view: View): Promise<Response> {
  const { title, allTab: link, gone: text } = wordsOf(notificationWords, view.language);
  return messageAnswer(view, 404, { title, text, link, href: `${HERE}?all=yes` });
}
