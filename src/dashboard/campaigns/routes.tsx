import { Hono, type Context } from "hono";
import { engineNames } from "../../analysis";
import { createCampaign, listCampaigns, readCampaign, updateCampaign, type CampaignChanges } from "../../campaigns";
import { notFound } from "../../errors";
import { isLimited, may } from "../../identity";
import { isPlatformKind, platformOf } from "../../platforms";
import { eachCallNamesCampaign, listSources, storagesOfSources } from "../../sources";
import type { FieldErrors } from "../../ui/components/form";
import { pageAnswer } from "../../ui/layout/page";
import { campaignWords } from "../../ui/strings/campaigns";
import { wordsOf } from "../../ui/strings/define";
import { actOf, writingDeps, type DashboardEnv } from "../deps";
import { failureAnswer, idOfForm, needs, newOnce, ownForm, seenOf } from "../forms";
import { frameOf, readWhole } from "../frame";
import { forbiddenAnswer } from "../message-page";
import { chosenIn, emptySource } from "../sources/filled-in";
import type { NewSourceFilled } from "../sources/new-page";
import { mayMakeKey, originOf } from "../sources/props";
import { readSourceParts } from "../sources/read";
import { CampaignSettingsPage, NewCampaignPage, type CampaignPageProps } from "./campaign-page";
import { differencesOf, errorsOf, fieldsIn, fieldsOf, NEW_CAMPAIGN, settingsIn, type CampaignFields } from "./form";
import { CampaignListPage } from "./list-page";
import { actionRoutes } from "./actions-routes";
import { processingRoutes } from "./processing-routes";
import { redactionRoutes } from "./redaction-routes";
import { campaignRetentionRoutes } from "./retention-routes";
import { reviewingRoutes } from "./reviewing-routes";
import { AudioSourcesPage } from "./sources-page";

type PageContext = Context<DashboardEnv>;
const PAGE = 50;
const MOST_SOURCES = 100;

/** `/dashboard/campaigns` */
export function campaignRoutes() {
  const routes = new Hono<DashboardEnv>();

  for (const path of ["/campaigns", "/campaigns/*"]) routes.use(path, needs("campaigns:read"));

  routes.get("/campaigns", async (c) => {
    const { deps, view, visitor } = c.var;
    const { organizationId, reach } = visitor.caller;
    const after = /^\d{1,9}$/.exec(c.req.query("after") ?? "")?.[0];
    const position = after === undefined ? {} : { after: { number: Number(after) } };
    const [found, whole] = await Promise.all([
      listCampaigns(deps.db, { organizationId, reach, limit: PAGE + 1, ...position }),
      readWhole(deps.db, visitor),
    ]);
    const rows = found.slice(0, PAGE);
    const last = found.length > PAGE ? rows.at(-1) : undefined;
    return pageAnswer(
      <CampaignListPage
        view={view}
        frame={frameOf(view, visitor, whole)}
        rows={rows}
        mayCreate={mayCreate(c)}
        firstHref={after === undefined ? undefined : "/dashboard/campaigns"}
        nextHref={last && `/dashboard/campaigns?after=${last.number}`}
      />,
    );
  });

  routes.get("/campaigns/new", async (c) => {
    if (!mayCreate(c)) return notToCreate(c);
    return newPage(c, NEW_CAMPAIGN, [], newOnce());
  });

  routes.post("/campaigns", async (c) => {
    const form = await ownForm(c, "campaigns:write");
    if (form instanceof Response) return form;
    if (!mayCreate(c)) return notToCreate(c);
    const fields = fieldsIn(form);
    const errors = errorsOf(fields, await enginesFor(c), c.var.view.language);
    if (errors.length > 0) return newPage(c, fields, errors, form.text("once"));
    const { organizationId } = c.var.visitor.caller;
    const id = await idOfForm("cmp", organizationId, form.text("once"));
    const input = { organizationId, id, name: fields.name, settings: settingsIn(fields, c.var.view.language) };
    await createCampaign(writingDeps(c), input, actOf(c));
    const next = may(c.var.visitor.caller, "sources:read") ? "/sources" : "";
    return c.redirect(`/dashboard/campaigns/${id}${next}?done=created`, 303);
  });

  routes.get("/campaigns/:id", async (c) => {
    const props = await propsOf(c);
    if (props instanceof Response) return props;
    const fields = fieldsOf(props.campaign);
    const [known, seen] = await Promise.all([enginesFor(c), seenOf(fields)]);
    const filled = { fields, known, errors: [], differences: [], seen };
    return pageAnswer(<CampaignSettingsPage {...props} {...filled} />);
  });

  routes.post("/campaigns/:id", async (c) => {
    const form = await ownForm(c, "campaigns:write");
    if (form instanceof Response) return form;
    const current = await readCampaign(c.var.plain.db, targetOf(c));
    if (!current.ok) return failureAnswer(c, current.error);
    const [stored, fields] = [fieldsOf(current.value), fieldsIn(form)];
    const [known, seen] = await Promise.all([enginesFor(c), seenOf(stored)]);
    const isStale = form.text("seen") !== seen;
    const { language } = c.var.view;
    // An engine that is gone may stay chosen: it is there again when its name is.
    const errors = errorsOf(fields, [...known, ...stored.engines], language);
    if (!isStale && errors.length === 0)
      return change(c, { name: fields.name, settings: settingsIn(fields, language) }, "saved");
    const props = await propsOf(c);
    if (props instanceof Response) return props;
    const differences = isStale ? differencesOf(stored, fields, wordsIn(c)) : [];
    return pageAnswer(
      <CampaignSettingsPage {...props} {...{ fields, known, errors, differences, seen }} />,
      isStale ? 409 : 422,
    );
  });

  routes.post("/campaigns/:id/archive", async (c) => {
    const form = await ownForm(c, "campaigns:write");
    return form instanceof Response ? form : change(c, { archived: true }, "archived");
  });

  routes.post("/campaigns/:id/restore", async (c) => {
    const form = await ownForm(c, "campaigns:write");
    return form instanceof Response ? form : change(c, { archived: false }, "restored");
  });

  routes.get("/campaigns/:id/sources", needs("sources:read"), async (c) => {
    const { source: id, kind = "" } = c.req.query();
    const campaign = c.req.param("id") ?? "";
    const fields = emptySource({ campaign, back: campaign });
    return sourcesPage(c, { id, kind: isPlatformKind(kind) ? kind : null, fields, once: newOnce() });
  });

  // Another platform for the source whose form is being filled in there.
  routes.post("/campaigns/:id/sources", async (c) => {
    const form = await ownForm(c, "sources:write");
    if (form instanceof Response) return form;
    const chosen = chosenIn(form, mayMakeKey(c));
    if (!chosen) return failureAnswer(c, notFound("platform"));
    return sourcesPage(c, { id: undefined, ...chosen, once: form.text("once") });
  });

  for (const ofTab of [processingRoutes, reviewingRoutes, redactionRoutes, campaignRetentionRoutes, actionRoutes])
    routes.route("/", ofTab());
  return routes;
}

/** What the calls of a campaign come from. `id`: the source that is looked at; `kind`, `fields`: of the form of a new one. */
async function sourcesPage(
  c: PageContext,
  { id, ...filled }: { id: string | undefined } & Pick<NewSourceFilled, "kind" | "fields" | "once">,
): Promise<Response> {
  const { deps, visitor } = c.var;
  const { organizationId, reach } = visitor.caller;
  const [props, found, storages, chosen] = await Promise.all([
    propsOf(c),
    listSources(deps.db, { organizationId, reach, limit: MOST_SOURCES }),
    storagesOfSources(deps.db, organizationId),
    id === undefined
      ? null
      : readSourceParts(deps, visitor.caller, { id, campaign: c.req.param("id") ?? "" }, originOf(c)),
  ]);
  if (props instanceof Response) return props;
  if (chosen && !chosen.ok) return failureAnswer(c, chosen.error);
  const { campaign } = props;
  const sources = found.filter(({ campaignId, kind: platform }) => {
    const known = platformOf(platform);
    return campaignId === campaign.id || (campaignId === null && known && eachCallNamesCampaign(known));
  });
  const storage = id === undefined ? undefined : storages.get(id);
  if (storage) return c.redirect(`/dashboard/connectors/${storage.id}`, 303);
  const made = { sources, storages, chosen: chosen?.value ?? null, campaigns: [campaign], mayMakeKey: mayMakeKey(c) };
  return pageAnswer(<AudioSourcesPage {...props} {...made} {...filled} />);
}

/** As the API has it: a campaign belongs to all of the organization. */
function notToCreate(c: PageContext): Promise<Response> {
  const { view, visitor } = c.var;
  return forbiddenAnswer(view, may(visitor.caller, "campaigns:write"));
}

function mayCreate(c: PageContext): boolean {
  const { caller } = c.var.visitor;
  return may(caller, "campaigns:write") && !isLimited(caller.reach);
}

async function newPage(c: PageContext, fields: CampaignFields, errors: FieldErrors, once: string): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const [known, whole] = await Promise.all([enginesFor(c), readWhole(deps.db, visitor)]);
  const props = { view, frame: frameOf(view, visitor, whole), fields, known, errors, once };
  return pageAnswer(<NewCampaignPage {...props} />, errors.length > 0 ? 422 : 200);
}

async function propsOf(c: PageContext): Promise<CampaignPageProps | Response> {
  const { deps, view, visitor } = c.var;
  const [campaign, whole] = await Promise.all([readCampaign(deps.db, targetOf(c)), readWhole(deps.db, visitor)]);
  if (!campaign.ok) return failureAnswer(c, campaign.error);
  const frame = frameOf(view, visitor, whole);
  return { view, frame, caller: visitor.caller, campaign: campaign.value, done: c.req.query("done") ?? "" };
}

async function change(c: PageContext, changes: CampaignChanges, done: string): Promise<Response> {
  const changed = await updateCampaign(writingDeps(c), targetOf(c), changes, actOf(c));
  if (!changed.ok) return failureAnswer(c, changed.error);
  return c.redirect(`/dashboard/campaigns/${changed.value.id}?done=${done}`, 303);
}

function targetOf(c: PageContext) {
  const { organizationId, reach } = c.var.visitor.caller;
  return { organizationId, reach, id: c.req.param("id") ?? "" };
}

/** The engines that a campaign may choose. */
function enginesFor(c: PageContext): Promise<string[]> {
  const { db, offeredEngines } = c.var.deps;
  return engineNames(db, offeredEngines, c.var.visitor.caller.organizationId);
}

function wordsIn(c: PageContext) {
  return wordsOf(campaignWords, c.var.view.language);
}
