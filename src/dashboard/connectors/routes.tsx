import { Hono } from "hono";
import { listCampaigns } from "../../campaigns";
import {
  actOn,
  createConnector,
  deleteConnector,
  findSamePlace,
  listConnectors,
  openStorage,
  previewFiles,
  readConnector,
  retryFile,
  syncConnector,
  updateConnector,
} from "../../connectors";
import { may, recordAct } from "../../identity";
import { writeProcessing } from "../../pipeline";
import { pageAnswer } from "../../ui/layout/page";
import { connectorWords } from "../../ui/strings/connectors";
import { wordsOf } from "../../ui/strings/define";
import { AskPage } from "../ask-page";
import { actOf, writingDeps, type DashboardEnv } from "../deps";
import { failureAnswer, idOfForm, needs, newOnce, ownForm, seenOf } from "../forms";
import { frameOf, readWhole } from "../frame";
import { rulesIn } from "../campaigns/processing-fields";
import { notFoundAnswer } from "../message-page";
import { credentialsOf, emptyFields, fieldsFor, fieldsIn, fieldsOf, inputOf, kindOf } from "./fields";
import { filledFrom } from "./filled-from";
import { ConnectorListPage } from "./list-page";
import { askedPlace } from "./same-place";
import { triedIn } from "./tried-names";
import { oneDriveRoutes } from "./onedrive-routes";
import {
  BASE,
  errorsOf,
  inWords,
  missing,
  MOST_CAMPAIGNS,
  newPage,
  onePage,
  saveSettings,
  settingsPage,
  targetOf,
} from "./show";

const PAGE = 50;
const MOST_PREVIEWED = 100;

/** `/dashboard/connectors` */
export function connectorRoutes() {
  const routes = new Hono<DashboardEnv>();

  for (const path of ["/connectors", "/connectors/*"]) routes.use(path, needs("sources:read"));

  routes.get("/connectors", async (c) => {
    const { deps, view, visitor } = c.var;
    const { organizationId, reach } = visitor.caller;
    const after = /^\w{1,100}$/.exec(c.req.query("after") ?? "")?.[0];
    const query = { organizationId, reach, limit: PAGE + 1, ...(after && { after: { id: after } }) };
    const [found, campaigns, whole] = await Promise.all([
      listConnectors(deps.db, query),
      listCampaigns(deps.db, { organizationId, reach, limit: MOST_CAMPAIGNS }),
      readWhole(deps.db, visitor),
    ]);
    const rows = found.slice(0, PAGE);
    const last = found.length > PAGE ? rows.at(-1) : undefined;
    return pageAnswer(
      <ConnectorListPage
        view={view}
        frame={frameOf(view, visitor, whole)}
        rows={rows.map((connector) => ({
          connector,
          campaign: campaigns.find(({ id }) => id === connector.campaignId),
        }))}
        mayWrite={may(visitor.caller, "sources:write")}
        firstHref={after ? BASE : undefined}
        nextHref={last && `${BASE}?after=${last.id}`}
      />,
    );
  });

  routes.get("/connectors/new", needs("sources:write"), (c) =>
    newPage(c, { ...emptyFields(kindOf(c.req.query("kind"))), campaign: c.req.query("campaign") ?? "" }, []),
  );

  routes.post("/connectors/fill", async (c) => {
    const form = await ownForm(c, "sources:write");
    if (form instanceof Response) return form;
    const printed = form.text("printed").slice(0, 20_000);
    const once = form.text("once") || newOnce();
    const filled = filledFrom(printed, (kind) => fieldsFor(form, kind));
    if (filled) return newPage(c, filled, [], { once });
    return newPage(c, fieldsFor(form, kindOf(form.text("kind"))), [], { once, wrong: printed }, 422);
  });

  routes.post("/connectors", async (c) => {
    const form = await ownForm(c, "sources:write");
    if (form instanceof Response) return form;
    const { plain, view, visitor } = c.var;
    const { organizationId, reach } = visitor.caller;
    const fields = fieldsIn(form);
    const once = form.text("once");
    const chosen = form.text("choose");
    // Another kind: what is wrong so far is said when the storage is made.
    if (chosen !== "") return newPage(c, fieldsFor(form, kindOf(chosen)), [], { once });
    const tried = triedIn(form, fields, view.language);
    if (tried) return newPage(c, fields, [], { once, tried });
    const id = await idOfForm("con", organizationId, once);
    if ((await readConnector(plain.db, { organizationId, reach, id })).ok) return c.redirect(`${BASE}/${id}`, 303);
    const input = { organizationId, reach, id, kind: fields.kind, name: fields.name, campaignId: fields.campaign };
    const sent = inputOf(fields, view.language);
    const others = await findSamePlace(plain.db, { organizationId, reach }, { kind: fields.kind, ...sent });
    const asked = askedPlace(form, others);
    if (!asked.isMeant) return newPage(c, fields, missing(c, fields, true), { once, asked }, 409);
    const credentials = credentialsOf(fields) ?? {};
    const made = await createConnector(writingDeps(c), { ...input, ...sent, credentials }, actOf(c));
    const rules = rulesIn(fields);
    if (made.ok && Object.keys(rules).length > 0 && may(visitor.caller, "campaigns:write")) {
      const change = { source: made.value.sourceId, rules };
      const deps = { ...writingDeps(c), offeredEngines: plain.offeredEngines };
      await writeProcessing(deps, { organizationId, reach, id: fields.campaign }, change, actOf(c));
    }
    if (made.ok) return c.redirect(`${BASE}/${made.value.id}?done=made`, 303);
    return newPage(c, fields, errorsOf(c, fields.kind, made.error, missing(c, fields, true)), { once, asked }, 422);
  });

  routes.route("/", oneDriveRoutes());

  routes.get("/connectors/:id", (c) => onePage(c, null));

  for (const [path, state, done] of [
    ["pause", "paused", "paused"],
    ["resume", "active", "resumed"],
  ] as const) {
    routes.post(`/connectors/:id/${path}`, async (c) => {
      const form = await ownForm(c, "sources:write");
      if (form instanceof Response) return form;
      const changed = await updateConnector(writingDeps(c), targetOf(c), { state }, actOf(c));
      return changed.ok ? c.redirect(`${BASE}/${targetOf(c).id}?done=${done}`, 303) : failureAnswer(c, changed.error);
    });
  }

  routes.post("/connectors/:id/trust", async (c) => {
    const form = await ownForm(c, "sources:write");
    if (form instanceof Response) return form;
    const changes = { settings: { host_key: form.text("key") }, state: "active" as const };
    const changed = await updateConnector(writingDeps(c), targetOf(c), changes, actOf(c));
    return changed.ok ? c.redirect(`${BASE}/${targetOf(c).id}?done=trusted`, 303) : failureAnswer(c, changed.error);
  });

  routes.post("/connectors/:id/sync", async (c) => {
    const form = await ownForm(c, "sources:write");
    if (form instanceof Response) return form;
    const due = await syncConnector(writingDeps(c), targetOf(c), actOf(c));
    return due.ok ? c.redirect(`${BASE}/${targetOf(c).id}?done=synced`, 303) : failureAnswer(c, due.error);
  });

  routes.post("/connectors/:id/test", async (c) => {
    const form = await ownForm(c, "sources:write");
    if (form instanceof Response) return form;
    const opened = await openStorage(c.var.plain, targetOf(c));
    if (!opened.ok) return failureAnswer(c, opened.error);
    await recordAct(writingDeps(c).db, actOn(targetOf(c), "connector.tested"), actOf(c));
    const { storage } = opened.value;
    const tested = await storage.test().finally(() => storage.close());
    const steps = tested.map(({ step, failure }) => ({ step, failure: failure && inWords(c, failure) }));
    return onePage(c, { kind: "tested", steps });
  });

  routes.post("/connectors/:id/preview", async (c) => {
    const form = await ownForm(c, "sources:write");
    if (form instanceof Response) return form;
    const opened = await openStorage(c.var.plain, targetOf(c));
    if (!opened.ok) return failureAnswer(c, opened.error);
    const { storage, settings } = opened.value;
    const shown = await previewFiles(storage, settings, MOST_PREVIEWED, c.var.plain.now).finally(() => storage.close());
    if (shown.ok) return onePage(c, { kind: "previewed", ...shown.value });
    return onePage(c, { kind: "tested", steps: [{ step: "list", failure: inWords(c, shown.error) }] });
  });

  routes.post("/connectors/:id/files/:file/retry", async (c) => {
    const form = await ownForm(c, "sources:write");
    if (form instanceof Response) return form;
    const found = await readConnector(c.var.plain.db, targetOf(c));
    if (!found.ok) return failureAnswer(c, found.error);
    const retried = await retryFile(writingDeps(c).db, targetOf(c), c.req.param("file"), actOf(c));
    return retried ? c.redirect(`${BASE}/${targetOf(c).id}?done=retried`, 303) : notFoundAnswer(c.var.view);
  });

  routes.get("/connectors/:id/settings", needs("sources:write"), async (c) => {
    const current = await readConnector(c.var.deps.db, targetOf(c));
    if (!current.ok) return failureAnswer(c, current.error);
    const fields = fieldsOf(current.value);
    return settingsPage(c, { fields, errors: [], differences: [], seen: await seenOf(fields) });
  });

  routes.post("/connectors/:id/settings", async (c) => {
    const form = await ownForm(c, "sources:write");
    if (form instanceof Response) return form;
    const current = await readConnector(c.var.plain.db, targetOf(c));
    if (!current.ok) return failureAnswer(c, current.error);
    return saveSettings(c, form, fieldsOf(current.value));
  });

  routes.get("/connectors/:id/delete", needs("sources:write"), async (c) => {
    const { deps, view, visitor } = c.var;
    const [found, whole] = await Promise.all([readConnector(deps.db, targetOf(c)), readWhole(deps.db, visitor)]);
    if (!found.ok) return failureAnswer(c, found.error);
    const words = wordsOf(connectorWords, view.language);
    return pageAnswer(
      <AskPage
        view={view}
        frame={frameOf(view, visitor, whole)}
        current="sources"
        title={words.deleteTitle}
        back={{ href: `${BASE}/${found.value.id}`, title: words.cancel }}
        go={words.delete}
        danger
      >
        <p dir="auto">{words.deleteText(found.value.name)}</p>
      </AskPage>,
    );
  });

  routes.post("/connectors/:id/delete", async (c) => {
    const form = await ownForm(c, "sources:write");
    if (form instanceof Response) return form;
    const deleted = await deleteConnector(writingDeps(c), targetOf(c), actOf(c));
    return deleted.ok ? c.redirect(BASE, 303) : failureAnswer(c, deleted.error);
  });

  return routes;
}
