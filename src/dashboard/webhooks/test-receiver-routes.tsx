import { Hono } from "hono";
import {
  createTestReceiver,
  deleteTestReceiver,
  listTestReceivers,
  readTestReceiver,
  testReceiverUrl,
} from "../../delivery";
import { Toast } from "../../ui/components/toast";
import { pageAnswer } from "../../ui/layout/page";
import { PAGE_HEADERS } from "../../ui/security";
import { wordsOf } from "../../ui/strings/define";
import { testReceiverWords } from "../../ui/strings/test-receivers";
import { actOf, writingDeps, type DashboardEnv, type PageContext } from "../deps";
import { failureAnswer, idOfForm, needs, newOnce, ownForm } from "../forms";
import { frameOf, readWhole } from "../frame";
import { Arrived, TEST_RECEIVERS, TestReceiverListPage, TestReceiverPage } from "./test-receiver-pages";

/** `/dashboard/webhooks/test-receivers` */
export function testReceiverRoutes() {
  const routes = new Hono<DashboardEnv>();
  const here = "/webhooks/test-receivers";

  for (const path of [here, `${here}/*`]) routes.use(path, needs("receivers:write"));

  routes.get(here, async (c) => {
    const { deps, view, visitor } = c.var;
    const [receivers, whole] = await Promise.all([
      listTestReceivers(deps.db, visitor.caller.organizationId, view.now),
      readWhole(deps.db, visitor),
    ]);
    const rows = receivers.map((receiver) => ({ receiver, url: testReceiverUrl(deps.config.publicUrl, receiver.id) }));
    const toast = c.req.query("done") === "ended" && <Toast>{wordsOf(testReceiverWords, view.language).ended}</Toast>;
    return pageAnswer(
      <TestReceiverListPage view={view} frame={frameOf(view, visitor, whole)} rows={rows} toast={toast} />,
    );
  });

  routes.post(here, async (c) => {
    const form = await ownForm(c, "receivers:write");
    if (form instanceof Response) return form;
    const { organizationId } = c.var.visitor.caller;
    const id = await idOfForm("rcv", organizationId, form.text("once") || newOnce());
    const made = await createTestReceiver(writingDeps(c), { organizationId, id }, actOf(c));
    return made.ok ? c.redirect(`${TEST_RECEIVERS}/${made.value.id}`, 303) : failureAnswer(c, made.error);
  });

  routes.get(`${here}/:id`, async (c) => {
    const { deps, view, visitor } = c.var;
    const [found, whole] = await Promise.all([
      readTestReceiver(deps.db, targetOf(c), view.now),
      readWhole(deps.db, visitor),
    ]);
    if (!found.ok) return failureAnswer(c, found.error);
    const { receiver, requests } = found.value;
    const url = testReceiverUrl(deps.config.publicUrl, receiver.id);
    const frame = frameOf(view, visitor, whole);
    return pageAnswer(<TestReceiverPage view={view} frame={frame} receiver={receiver} requests={requests} url={url} />);
  });

  // A part of the page, asked for until something came.
  routes.get(`${here}/:id/arrived`, async (c) => {
    const { deps, view } = c.var;
    const found = await readTestReceiver(deps.db, targetOf(c), view.now);
    if (!found.ok) return failureAnswer(c, found.error);
    const { receiver, requests } = found.value;
    const part = <Arrived view={view} receiver={receiver} requests={requests} />;
    return new Response(String(await part), { headers: PAGE_HEADERS });
  });

  routes.post(`${here}/:id/end`, async (c) => {
    const form = await ownForm(c, "receivers:write");
    if (form instanceof Response) return form;
    const ended = await deleteTestReceiver(writingDeps(c), targetOf(c), actOf(c));
    return ended.ok ? c.redirect(`${TEST_RECEIVERS}?done=ended`, 303) : failureAnswer(c, ended.error);
  });

  return routes;
}

function targetOf(c: PageContext): { organizationId: string; id: string } {
  return { organizationId: c.var.visitor.caller.organizationId, id: c.req.param("id") ?? "" };
}
