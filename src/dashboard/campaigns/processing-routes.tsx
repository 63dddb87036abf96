import { Hono, type Context } from "hono";
import { engineNames } from "../../analysis";
import { readConnector } from "../../connectors";
import { listTeams, MAX_TEAMS } from "../../identity";
import { readProcessing, tryProcessing, writeProcessing, type TriedProcessing } from "../../pipeline";
import { listSources, readSource, storagesOfSources } from "../../sources";
import type { FieldErrors } from "../../ui/components/form";
import { differing, type Difference } from "../../ui/components/stale";
import { pageAnswer } from "../../ui/layout/page";
import { wordsOf } from "../../ui/strings/define";
import { processingWords } from "../../ui/strings/processing";
import { actOf, writingDeps, type DashboardEnv } from "../deps";
import { failureAnswer, fieldErrorsFrom, needs, ownForm, seenOf } from "../forms";
import { frameOf, readWhole } from "../frame";
import { notFoundAnswer } from "../message-page";
import { NONE, processingFieldsIn, processingFieldsOf, rulesIn, type ProcessingFields } from "./processing-fields";
import { ProcessingPage } from "./processing-page";

type PageContext = Context<DashboardEnv>;
const MOST_SOURCES = 200;

/** `/dashboard/campaigns/{id}/processing` */
export function processingRoutes() {
  const routes = new Hono<DashboardEnv>();

  routes.get("/campaigns/:id/processing", (c) => show(c, c.req.query("source") ?? null));

  routes.post("/campaigns/:id/processing", async (c) => {
    const form = await ownForm(c, "campaigns:write");
    if (form instanceof Response) return form;
    const source = form.text("source") || null;
    const fields = processingFieldsIn(form);
    const found = await readProcessing(c.var.plain, targetOf(c));
    if (!found.ok) return failureAnswer(c, found.error);
    const stored = storedFields(found.value, source);
    if (form.text("seen") !== (await seenOf(stored)))
      return show(c, source, { fields, differences: differencesOf(c, stored, fields) }, 409);
    const change = { source, rules: rulesIn(fields) };
    const deps = { ...writingDeps(c), offeredEngines: c.var.plain.offeredEngines };
    const written = await writeProcessing(deps, targetOf(c), change, actOf(c));
    if (!written.ok) {
      if (written.error.kind !== "invalid" && written.error.kind !== "conflict") return failureAnswer(c, written.error);
      return show(c, source, { fields, errors: fieldErrorsFrom(c.var.view, written.error, "autoAnalyze") }, 422);
    }
    const query = source === null ? "" : `&source=${source}`;
    return c.redirect(`/dashboard/campaigns/${written.value.campaign.id}/processing?done=ruled${query}`, 303);
  });

  routes.post("/campaigns/:id/processing/try", needs("calls:read"), async (c) => {
    const form = await ownForm(c, "calls:read");
    if (form instanceof Response) return form;
    const call = form.text("call").trim().slice(0, 200);
    const tried = await tryProcessing(c.var.plain, targetOf(c), { callId: call, rules: {} });
    if (tried.ok) return show(c, null, { tried: tried.value, call });
    const message = wordsOf(processingWords, c.var.view.language).callUnknown;
    return show(c, null, { call, errors: [{ field: "call", message }] }, 422);
  });

  return routes;
}

type Processed = Extract<Awaited<ReturnType<typeof readProcessing>>, { ok: true }>["value"];

/** What the form shows as stored: what is said of the source, or of the campaign. */
function storedFields(processing: Processed, source: string | null): ProcessingFields {
  return processingFieldsOf(
    source === null ? processing.own : (processing.sources.find(({ id }) => id === source)?.own ?? {}),
    source !== null,
  );
}

type Shown = {
  fields?: ProcessingFields;
  errors?: FieldErrors;
  differences?: readonly Difference[];
  tried?: TriedProcessing;
  call?: string;
};

async function show(
  c: PageContext,
  sourceId: string | null,
  { fields, errors = [], differences = [], tried, call }: Shown = {},
  status: 200 | 409 | 422 = 200,
): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const { organizationId, reach } = visitor.caller;
  const [processing, sources, own, storages, engines, teams, whole] = await Promise.all([
    readProcessing(deps, targetOf(c)),
    listSources(deps.db, { organizationId, reach, limit: MOST_SOURCES }),
    // It may be beyond those that are listed.
    sourceId === null ? null : readSource(deps.db, { organizationId, reach, id: sourceId }),
    storagesOfSources(deps.db, organizationId),
    engineNames(deps.db, deps.offeredEngines, organizationId),
    listTeams(deps.db, { organizationId, limit: MAX_TEAMS }),
    readWhole(deps.db, visitor),
  ]);
  if (!processing.ok) return failureAnswer(c, processing.error);
  const { campaign } = processing.value;
  if (own && !own.ok) {
    // A storage whose source is gone tells of it on its own page, to those who may see it.
    const id = storages.get(sourceId ?? "")?.id ?? "";
    const storage = await readConnector(deps.db, { organizationId, reach, id });
    return storage.ok ? c.redirect(`/dashboard/connectors/${id}`, 303) : notFoundAnswer(view);
  }
  const stored = storedFields(processing.value, sourceId);
  return pageAnswer(
    <ProcessingPage
      view={view}
      frame={frameOf(view, visitor, whole)}
      caller={visitor.caller}
      campaign={campaign}
      done={c.req.query("done") ?? ""}
      processing={processing.value}
      candidates={sources.filter(({ campaignId }) => campaignId === null || campaignId === campaign.id)}
      engines={engines}
      teams={teams.map(({ name }) => name)}
      source={own && own.value}
      storages={storages}
      fields={fields ?? stored}
      errors={errors}
      differences={differences}
      seen={await seenOf(stored)}
      tried={tried ?? null}
      call={call ?? ""}
    />,
    status,
  );
}

function differencesOf(c: PageContext, stored: ProcessingFields, entered: ProcessingFields): readonly Difference[] {
  const words = wordsOf(processingWords, c.var.view.language);
  const said: Readonly<Record<string, string>> = { yes: words.yes, no: words.no, [NONE]: words.none };
  const of = (name: keyof ProcessingFields) => ({
    label: words[name],
    stored: said[stored[name]] ?? stored[name],
    entered: said[entered[name]] ?? entered[name],
  });
  return differing([of("autoAnalyze"), of("transcriptionEngine"), of("assignToTeam"), of("notifyOnComplete")]);
}

function targetOf(c: PageContext) {
  const { organizationId, reach } = c.var.visitor.caller;
  return { organizationId, reach, id: c.req.param("id") ?? "" };
}
