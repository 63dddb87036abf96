import type { Context } from "hono";
import { engineNames } from "../../analysis";
import { listCampaigns, readCampaign } from "../../campaigns";
import {
  explainProblem,
  findSamePlace,
  hasRoot,
  listRefusedFiles,
  readConnector,
  updateConnector,
  type ConnectorFailure,
  type ConnectorKindName,
  type SamePlace,
} from "../../connectors";
import type { DomainError } from "../../errors";
import { listTeams, MAX_TEAMS, may } from "../../identity";
import type { FieldErrors } from "../../ui/components/form";
import { differing, Stale, type Difference } from "../../ui/components/stale";
import { Toast } from "../../ui/components/toast";
import { FramedPage } from "../../ui/layout/framed";
import { pageAnswer } from "../../ui/layout/page";
import { PageHead } from "../../ui/layout/page-head";
import { connectorWords } from "../../ui/strings/connectors";
import { wordsOf } from "../../ui/strings/define";
import { ftpWords } from "../../ui/strings/ftp";
import { neotelWords } from "../../ui/strings/neotel";
import { oneDriveWords } from "../../ui/strings/onedrive";
import { sidecarWords } from "../../ui/strings/sidecar";
import { unclearIn } from "../amount";
import { actOf, writingDeps, type DashboardEnv } from "../deps";
import { failureAnswer, fieldErrorsFrom, newOnce, seenOf, type Fields } from "../forms";
import { frameOf, readWhole } from "../frame";
import { originOf } from "../sources/props";
import { ConnectorPage, type Outcome } from "./connector-page";
import { FIELD_OF, SECRETS, type ConnectorFields } from "./empty-fields";
import { credentialsOf, fieldsIn, inputOf, shownFieldsOf } from "./fields";
import { OneDriveTabs } from "./onedrive-page";
import { askedPlace, SamePlaceAsk, type AskedPlace } from "./same-place";
import { triedIn, type Tried } from "./tried-names";
import { ConnectorForm, KindCards, PastePart } from "./form";

type PageContext = Context<DashboardEnv>;
export const MOST_CAMPAIGNS = 500;
const MOST_FILES = 50;
export const BASE = "/dashboard/connectors";

export function targetOf(c: PageContext) {
  const { organizationId, reach } = c.var.visitor.caller;
  return { organizationId, reach, id: c.req.param("id") ?? "" };
}

export function inWords(c: PageContext, { code, detail }: ConnectorFailure) {
  const { cause = "", remedy = "" } = explainProblem(code, c.var.view.language === "es" ? "es" : "en") ?? {};
  return { code, detail, cause, remedy };
}

export function missing(c: PageContext, fields: ConnectorFields, isNew: boolean): FieldErrors {
  const { language } = c.var.view;
  const words = wordsOf(connectorWords, language);
  const { port, poll, idTask, overlap, waitHours, lookBack, sidecarWait } = fields;
  // Those of another kind wait beside the form.
  const own: readonly string[] = shownFieldsOf(fields.kind);
  const unclear = unclearIn({ port, poll, idTask, overlap, waitHours, lookBack, sidecarWait }, language);
  return [
    ...unclear.filter(({ field }) => own.includes(field)),
    ...(fields.name === "" ? [{ field: "name", message: words.nameMissing }] : []),
    ...(isNew && fields.campaign === "" ? [{ field: "campaign", message: words.campaignMissing }] : []),
  ];
}

/** What core refuses, beside the fields of the form. `lacking`: what the form says itself of fields that were left empty. */
export function errorsOf(
  c: PageContext,
  kind: ConnectorKindName,
  error: DomainError,
  lacking: FieldErrors,
): FieldErrors {
  const refused = fieldErrorsFrom(c.var.view, error, "name").map(({ field, message }) => {
    return { field: field === "credentials" ? SECRETS[kind][0] : (fieldOf(field) ?? field), message };
  });
  return [...lacking, ...refused.filter(({ field }) => lacking.every((one) => one.field !== field))];
}

/** The field of the form that holds what is wrong: that may be inside of a list or a table. */
function fieldOf(named: string): string | undefined {
  for (let end = named.length; end > 0; end = named.lastIndexOf(".", end - 1)) {
    const known = FIELD_OF[named.slice(0, end)];
    if (known !== undefined) return known;
  }
  return undefined;
}

export async function newPage(
  c: PageContext,
  fields: ConnectorFields,
  errors: FieldErrors,
  { wrong, once = newOnce(), tried, asked }: { wrong?: string; once?: string; tried?: Tried; asked?: AskedPlace } = {},
  status: 200 | 409 | 422 = 200,
): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const { organizationId, reach } = visitor.caller;
  const mayRule = may(visitor.caller, "campaigns:write");
  const [campaigns, engines, teams, whole] = await Promise.all([
    listCampaigns(deps.db, { organizationId, reach, archived: false, limit: MOST_CAMPAIGNS }),
    mayRule ? engineNames(deps.db, deps.offeredEngines, organizationId) : [],
    mayRule ? listTeams(deps.db, { organizationId, limit: MAX_TEAMS }) : [],
    readWhole(deps.db, visitor),
  ]);
  const words = wordsOf(connectorWords, view.language);
  const frame = frameOf(view, visitor, whole);
  const only = campaigns.length === 1 ? (campaigns[0]?.id ?? "") : "";
  const filled = { ...fields, campaign: fields.campaign || only };
  return pageAnswer(
    <FramedPage view={view} frame={frame} title={words.newTitle} current="sources">
      <PageHead title={words.newTitle} state={campaigns.length === 0 ? words.noCampaign : words.newText} />
      <KindCards view={view} kind={fields.kind} />
      <ConnectorForm
        view={view}
        csrf={frame.csrf}
        action={BASE}
        campaigns={campaigns}
        fields={filled}
        errors={errors}
        hidden={{ once }}
        before={
          <>
            {asked && <SamePlaceAsk view={view} asked={asked} />}
            {!hasRoot(fields.kind) && <PastePart view={view} wrong={wrong} />}
          </>
        }
        tried={tried}
        redirectUri={`${originOf(c)}${BASE}/onedrive/callback`}
        processing={mayRule ? { engines, teams: teams.map(({ name }) => name) } : null}
      />
    </FramedPage>,
    status,
  );
}

export async function onePage(c: PageContext, outcome: Outcome | null): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const target = targetOf(c);
  const [found, refused, whole] = await Promise.all([
    readConnector(deps.db, target),
    listRefusedFiles(deps.db, { connectorId: target.id, limit: MOST_FILES }),
    readWhole(deps.db, visitor),
  ]);
  if (!found.ok) return failureAnswer(c, found.error);
  const campaign = await readCampaign(deps.db, { ...target, id: found.value.campaignId });
  const words = wordsOf(connectorWords, view.language);
  const drive = wordsOf(oneDriveWords, view.language);
  const toasts: Record<string, string> = {
    made: words.made,
    saved: words.saved,
    synced: words.synced,
    paused: words.pausedDone,
    resumed: words.resumedDone,
    trusted: words.trusted,
    retried: words.retried,
    connected: drive.connected,
    notConnected: drive.notConnected,
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

type Filled = {
  fields: ConnectorFields;
  errors: FieldErrors;
  differences: readonly Difference[];
  seen: string;
  tried?: Tried;
  asked?: AskedPlace;
};

export async function settingsPage(c: PageContext, filled: Filled, status: 200 | 409 | 422 = 200): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const whole = await readWhole(deps.db, visitor);
  const words = wordsOf(connectorWords, view.language);
  const frame = frameOf(view, visitor, whole);
  return pageAnswer(
    <FramedPage view={view} frame={frame} title={words.settings} current="sources">
      <PageHead title={words.settings} state={<span dir="auto">{filled.fields.name}</span>} />
      {filled.fields.kind === "onedrive" && (
        <OneDriveTabs view={view} id={targetOf(c).id} current="/settings" mayWrite />
      )}
      {filled.differences.length > 0 && <Stale view={view} differences={filled.differences} />}
      <ConnectorForm
        view={view}
        csrf={frame.csrf}
        action={`${BASE}/${targetOf(c).id}/settings`}
        campaigns={null}
        fields={filled.fields}
        errors={filled.errors}
        hidden={{ seen: filled.seen }}
        before={filled.asked && <SamePlaceAsk view={view} asked={filled.asked} />}
        tried={filled.tried}
        redirectUri={`${originOf(c)}${BASE}/onedrive/callback`}
        processing={null}
      />
    </FramedPage>,
    status,
  );
}

export async function saveSettings(c: PageContext, form: Fields, stored: ConnectorFields): Promise<Response> {
  const words = wordsOf(connectorWords, c.var.view.language);
  const drive = wordsOf(oneDriveWords, c.var.view.language);
  const neotel = wordsOf(neotelWords, c.var.view.language);
  const ftp = wordsOf(ftpWords, c.var.view.language);
  const beside = wordsOf(sidecarWords, c.var.view.language);
  const fields = { ...fieldsIn(form), kind: stored.kind, campaign: stored.campaign };
  const tried = triedIn(form, fields, c.var.view.language);
  // What was seen stays what was seen: a try is no save.
  if (tried) return settingsPage(c, { fields, errors: [], differences: [], seen: form.text("seen"), tried });
  const seen = await seenOf(stored);
  if (form.text("seen") !== seen) {
    const labels = { ...words, ...drive, ...neotel, ...ftp, ...beside };
    const differences = differing(
      shownFieldsOf(stored.kind).map((name) => ({ label: labels[name], stored: stored[name], entered: fields[name] })),
    );
    return settingsPage(c, { fields, errors: [], differences, seen }, 409);
  }
  const asked = askedPlace(form, await placesTaken(c, stored, fields));
  if (!asked.isMeant) return settingsPage(c, { fields, errors: [], differences: [], seen, asked }, 409);
  const credentials = credentialsOf(fields);
  const changes = { name: fields.name, ...inputOf(fields, c.var.view.language), ...(credentials && { credentials }) };
  const updated = await updateConnector(writingDeps(c), targetOf(c), changes, actOf(c));
  if (updated.ok) return c.redirect(`${BASE}/${targetOf(c).id}?done=saved`, 303);
  const errors = errorsOf(c, fields.kind, updated.error, missing(c, fields, false));
  return settingsPage(c, { fields, errors, differences: [], seen, asked }, 422);
}

/** The storages that look where a form leads, and do not where it led before. */
function placesTaken(c: PageContext, stored: ConnectorFields, fields: ConnectorFields): Promise<SamePlace[]> {
  const { id, ...within } = targetOf(c);
  const settingsOf = (one: ConnectorFields) => inputOf(one, c.var.view.language).settings;
  const places = { kind: fields.kind, settings: settingsOf(fields), before: settingsOf(stored), except: id };
  return findSamePlace(c.var.plain.db, within, places);
}
