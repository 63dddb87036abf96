import { Hono, type Context } from "hono";
import { listCampaigns, readCampaign } from "../../campaigns";
import {
  actOn,
  createConnector,
  deleteConnector,
  explainProblem,
  listConnectors,
  listRefusedFiles,
  openStorage,
  previewFiles,
  readConnector,
  retryFile,
  syncConnector,
  updateConnector,
  type ConnectorFailure,
} from "../../connectors";
import type { DomainError } from "../../errors";
import { may, recordAct } from "../../identity";
import type { FieldErrors } from "../../ui/components/form";
import { Stale, type Difference } from "../../ui/components/stale";
import { Toast } from "../../ui/components/toast";
import { FramedPage } from "../../ui/layout/framed";
import { pageAnswer } from "../../ui/layout/page";
import { PageHead } from "../../ui/layout/page-head";
import { connectorWords } from "../../ui/strings/connectors";
import { wordsOf } from "../../ui/strings/define";
import { AskPage } from "../ask-page";
import { actOf, writingDeps, type DashboardEnv } from "../deps";
import { failureAnswer, fieldErrorsFrom, idOfForm, needs, newOnce, ownForm, seenOf, type Fields } from "../forms";
import { frameOf, readWhole } from "../frame";
import { notFoundAnswer } from "../message-page";
import { ConnectorPage, type Outcome } from "./connector-page";
import { EMPTY_FIELDS, FIELD_OF, fieldsIn, fieldsOf, filledFrom, inputOf, type ConnectorFields } from "./fields";
import { ConnectorForm, PasteForm } from "./form";
import { ConnectorListPage } from "./list-page";

type PageContext = Context<DashboardEnv>;
const PAGE = 50;
const MOST_CAMPAIGNS = 500;
const MOST_FILES = 50;
const MOST_PREVIEWED = 100;
const BASE = "/dashboard/connectors";

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
      readWhole(deps.db, visitor, view.now),
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
    newPage(c, { ...EMPTY_FIELDS, campaign: c.req.query("campaign") ?? "" }, []),
  );

  routes.post("/connectors/fill", async (c) => {
    const form = await ownForm(c, "sources:write");
    if (form instanceof Response) return form;
    const filled = filledFrom(form.text("printed").slice(0, 20_000), EMPTY_FIELDS);
    return filled ? newPage(c, filled, []) : newPage(c, EMPTY_FIELDS, [], { wrong: true }, 422);
  });

  routes.post("/connectors", async (c) => {
    const form = await ownForm(c, "sources:write");
    if (form instanceof Response) return form;
    const { plain, visitor, view } = c.var;
    const { organizationId, reach } = visitor.caller;
    const fields = fieldsIn(form);
    const once = form.text("once");
    const id = await idOfForm("con", organizationId, once);
    if ((await readConnector(plain.db, { organizationId, reach, id })).ok) return c.redirect(`${BASE}/${id}`, 303);
    const errors = missing(c, fields, true);
    if (errors.length > 0) return newPage(c, fields, errors, { once }, 422);
    const input = { organizationId, reach, id, kind: "s3" as const, name: fields.name, campaignId: fields.campaign };
    const credentials = { access_key: fields.accessKey, secret_key: fields.secretKey };
    const made = await createConnector(writingDeps(c), { ...input, ...inputOf(fields), credentials }, actOf(c));
    if (made.ok) return c.redirect(`${BASE}/${made.value.id}?done=made`, 303);
    return newPage(c, fields, errorsOf(view, made.error), { once }, 422);
  });

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
    const tested = await opened.value.storage.test();
    const steps = tested.map(({ step, failure }) => ({ step, failure: failure && inWords(c, failure) }));
    return onePage(c, { kind: "tested", steps });
  });

  routes.post("/connectors/:id/preview", async (c) => {
    const form = await ownForm(c, "sources:write");
    if (form instanceof Response) return form;
    const opened = await openStorage(c.var.plain, targetOf(c));
    if (!opened.ok) return failureAnswer(c, opened.error);
    const shown = await previewFiles(opened.value.storage, opened.value.settings, MOST_PREVIEWED);
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
    const [found, whole] = await Promise.all([
      readConnector(deps.db, targetOf(c)),
      readWhole(deps.db, visitor, view.now),
    ]);
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

function targetOf(c: PageContext) {
  const { organizationId, reach } = c.var.visitor.caller;
  return { organizationId, reach, id: c.req.param("id") ?? "" };
}

function inWords(c: PageContext, { code, detail }: ConnectorFailure) {
  const { cause = "", remedy = "" } = explainProblem(code, c.var.view.language === "es" ? "es" : "en") ?? {};
  return { code, detail, cause, remedy };
}

function missing(c: PageContext, fields: ConnectorFields, isNew: boolean): FieldErrors {
  const words = wordsOf(connectorWords, c.var.view.language);
  return [
    ...(fields.name === "" ? [{ field: "name", message: words.nameMissing }] : []),
    ...(isNew && fields.campaign === "" ? [{ field: "campaign", message: words.campaignMissing }] : []),
  ];
}

/** What core refuses, beside the fields of the form. */
function errorsOf(view: PageContext["var"]["view"], error: DomainError): FieldErrors {
  return fieldErrorsFrom(view, error, "name").map(({ field, message }) => {
    const known = FIELD_OF[field] ?? FIELD_OF[field.replace(/\.\d+$/, "")];
    return { field: known ?? field, message };
  });
}

async function newPage(
  c: PageContext,
  fields: ConnectorFields,
  errors: FieldErrors,
  { wrong = false, once = newOnce() }: { wrong?: boolean; once?: string } = {},
  status: 200 | 422 = 200,
): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const { organizationId, reach } = visitor.caller;
  const [campaigns, whole] = await Promise.all([
    listCampaigns(deps.db, { organizationId, reach, archived: false, limit: MOST_CAMPAIGNS }),
    readWhole(deps.db, visitor, view.now),
  ]);
  const words = wordsOf(connectorWords, view.language);
  const frame = frameOf(view, visitor, whole);
  const only = campaigns.length === 1 ? (campaigns[0]?.id ?? "") : "";
  const filled = { ...fields, campaign: fields.campaign || only };
  return pageAnswer(
    <FramedPage view={view} frame={frame} title={words.newTitle} current="sources">
      <PageHead title={words.newTitle} state={campaigns.length === 0 ? words.noCampaign : words.newText} />
      <PasteForm view={view} csrf={frame.csrf} wrong={wrong} />
      <ConnectorForm
        view={view}
        csrf={frame.csrf}
        action={BASE}
        campaigns={campaigns}
        fields={filled}
        errors={errors}
        hidden={{ once }}
      />
    </FramedPage>,
    status,
  );
}

async function onePage(c: PageContext, outcome: Outcome | null): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const target = targetOf(c);
  const [found, refused, whole] = await Promise.all([
    readConnector(deps.db, target),
    listRefusedFiles(deps.db, { connectorId: target.id, limit: MOST_FILES }),
    readWhole(deps.db, visitor, view.now),
  ]);
  if (!found.ok) return failureAnswer(c, found.error);
  const campaign = await readCampaign(deps.db, { ...target, id: found.value.campaignId });
  const words = wordsOf(connectorWords, view.language);
  const toasts: Record<string, string> = {
    made: words.made,
    saved: words.saved,
    synced: words.synced,
    paused: words.pausedDone,
    resumed: words.resumedDone,
    retried: words.retried,
  };
  const done = c.req.query("done") ?? "";
  return pageAnswer(
    <ConnectorPage
      view={view}
      frame={frameOf(view, visitor, whole)}
      connector={found.value}
      campaign={campaign.ok ? campaign.value : undefined}
      refused={refused}
      mayWrite={may(visitor.caller, "sources:write")}
      outcome={outcome}
      toast={Object.hasOwn(toasts, done) && <Toast>{toasts[done]}</Toast>}
    />,
  );
}

type Filled = { fields: ConnectorFields; errors: FieldErrors; differences: readonly Difference[]; seen: string };

async function settingsPage(c: PageContext, filled: Filled, status: 200 | 409 | 422 = 200): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const whole = await readWhole(deps.db, visitor, view.now);
  const words = wordsOf(connectorWords, view.language);
  const frame = frameOf(view, visitor, whole);
  return pageAnswer(
    <FramedPage view={view} frame={frame} title={words.settings} current="sources">
      <PageHead title={words.settings} state={<span dir="auto">{filled.fields.name}</span>} />
      {filled.differences.length > 0 && <Stale view={view} differences={filled.differences} />}
      <ConnectorForm
        view={view}
        csrf={frame.csrf}
        action={`${BASE}/${targetOf(c).id}/settings`}
        campaigns={null}
        fields={filled.fields}
        errors={filled.errors}
        hidden={{ seen: filled.seen }}
      />
    </FramedPage>,
    status,
  );
}

async function saveSettings(c: PageContext, form: Fields, stored: ConnectorFields): Promise<Response> {
  const words = wordsOf(connectorWords, c.var.view.language);
  const fields = { ...fieldsIn(form), campaign: stored.campaign };
  const seen = await seenOf(stored);
  if (form.text("seen") !== seen) {
    const names = [
      "name",
      "endpoint",
      "bucket",
      "region",
      "importPath",
      "processedPath",
      "patterns",
      "poll",
      "naming",
    ] as const;
    const differences = names
      .map((name) => ({ label: words[name], stored: stored[name], entered: fields[name] }))
      .filter((one) => one.stored !== one.entered);
    return settingsPage(c, { fields, errors: [], differences, seen }, 409);
  }
  const errors = missing(c, fields, false);
  if (errors.length > 0) return settingsPage(c, { fields, errors, differences: [], seen }, 422);
  const hasKeys = fields.accessKey !== "" || fields.secretKey !== "";
  const credentials = hasKeys && { credentials: { access_key: fields.accessKey, secret_key: fields.secretKey } };
  const changes = { name: fields.name, ...inputOf(fields), ...credentials };
  const updated = await updateConnector(writingDeps(c), targetOf(c), changes, actOf(c));
  if (updated.ok) return c.redirect(`${BASE}/${targetOf(c).id}?done=saved`, 303);
  return settingsPage(c, { fields, errors: errorsOf(c.var.view, updated.error), differences: [], seen }, 422);
}
