import { Hono } from "hono";
import {
  MOST_ACTIONS,
  readCampaignActions,
  rotateActionSecret,
  writeCampaignActions,
  type CampaignActions,
  type KeptAction,
  type PostCallAction,
} from "../../actions";
import { may, type Permission } from "../../identity";
import { tryActions, type TriedAction } from "../../pipeline";
import { operatorChannelOf } from "../../sources";
import type { FieldErrors } from "../../ui/components/form";
import type { Difference } from "../../ui/components/stale";
import { pageAnswer } from "../../ui/layout/page";
import { actionWords } from "../../ui/strings/actions";
import { wordsOf } from "../../ui/strings/define";
import { fieldErrorsIn } from "../../ui/strings/refusals";
import { actOf, writingDeps, type DashboardEnv, type PageContext } from "../deps";
import { failureAnswer, fieldErrorsFrom, needs, ownForm, seenOf, type Fields } from "../forms";
import { frameOf, readWhole } from "../frame";
import { notFoundAnswer } from "../message-page";
import type { ActionChoices } from "./action-fields";
import { ActionPage, TRYING } from "./action-page";
import {
  actionIn,
  blankCondition,
  CONDITION_KINDS,
  fieldOfPath,
  formOfAction,
  kindIn,
  newActionForm,
  readActionForm,
  type ActionForm,
} from "./actions-form";
import { actionDifferences } from "./actions-differences";
import { choicesFor } from "./actions-choices";
import { actionNamed, askFirst, targetOf } from "./actions-ask";
import { ActionsPage } from "./actions-page";

/** `/dashboard/campaigns/{id}/actions` */
export function actionRoutes() {
  const routes = new Hono<DashboardEnv>();
  const here = "/campaigns/:id/actions";

  routes.get(here, async (c) => {
    const { deps, view, visitor } = c.var;
    const [known, whole] = await Promise.all([readCampaignActions(deps, targetOf(c)), readWhole(deps.db, visitor)]);
    if (!known.ok) return failureAnswer(c, known.error);
    return pageAnswer(
      <ActionsPage
        view={view}
        frame={frameOf(view, visitor, whole)}
        caller={visitor.caller}
        campaign={known.value.campaign}
        done={c.req.query("done") ?? ""}
        known={known.value}
      />,
    );
  });

  routes.post(`${here}/order`, async (c) => {
    const form = await ownForm(c, "campaigns:write");
    if (form instanceof Response) return form;
    const known = await readCampaignActions(c.var.plain, targetOf(c));
    if (!known.ok) return failureAnswer(c, known.error);
    const moved = known.value.actions.find(({ id }) => id === form.text("action"));
    if (!moved) return notFoundAnswer(c.var.view);
    const others = known.value.actions.filter((one) => one !== moved);
    const to = Math.max(0, Math.min(others.length, Math.trunc(Number(form.text("to")) || 0)));
    return save(c, form, known.value, others.toSpliced(to, 0, moved));
  });

  routes.get(`${here}/new`, async (c) => {
    const known = await readCampaignActions(c.var.deps, targetOf(c));
    if (!known.ok) return failureAnswer(c, known.error);
    const kind = kindIn(c.req.query("kind") ?? "");
    if (!kind || !may(c.var.visitor.caller, "campaigns:write")) return notFoundAnswer(c.var.view);
    return show(c, known.value, null, { form: newActionForm(kind) });
  });

  routes.post(`${here}/new`, (c) => keep(c, () => null));

  routes.get(`${here}/:action`, async (c) => {
    const known = await readCampaignActions(c.var.deps, targetOf(c));
    if (!known.ok) return failureAnswer(c, known.error);
    const action = actionNamed(c, known.value);
    return action ? show(c, known.value, action, { form: formOfAction(action) }) : notFoundAnswer(c.var.view);
  });

  routes.post(`${here}/:action`, (c) => keep(c, (known) => actionNamed(c, known)));

  routes.get(`${here}/:action/remove`, needs("campaigns:write"), (c) => askFirst(c, "remove"));
  routes.get(`${here}/:action/secret`, needs("secrets:write"), (c) => askFirst(c, "secret"));

  routes.post(`${here}/:action/remove`, async (c) => {
    const form = await ownForm(c, "campaigns:write");
    if (form instanceof Response) return form;
    const known = await readCampaignActions(c.var.plain, targetOf(c));
    if (!known.ok) return failureAnswer(c, known.error);
    const gone = actionNamed(c, known.value);
    if (!gone) return notFoundAnswer(c.var.view);
    return save(
      c,
      form,
      known.value,
      known.value.actions.filter((one) => one !== gone),
    );
  });

  routes.post(`${here}/:action/secret`, async (c) => {
    const form = await ownForm(c, "secrets:write");
    if (form instanceof Response) return form;
    const actionId = c.req.param("action");
    const rotated = await rotateActionSecret(writingDeps(c), { ...targetOf(c), actionId }, actOf(c));
    if (!rotated.ok) return failureAnswer(c, rotated.error);
    return afterwards(c, actionId, rotated.value);
  });

  return routes;
}

/** Saves what a form says of an action, or shows it again: with more of it, what is wrong, or what it would do. */
async function keep(
  c: PageContext,
  named: (known: CampaignActions) => KeptAction | null | undefined,
): Promise<Response> {
  const sent = await ownForm(c, "campaigns:write");
  if (sent instanceof Response) return sent;
  const { view, plain } = c.var;
  const words = wordsOf(actionWords, view.language);
  const known = await readCampaignActions(plain, targetOf(c));
  if (!known.ok) return failureAnswer(c, known.error);
  const action = named(known.value);
  const kind = action?.kind ?? kindIn(sent.text("of"));
  if (action === undefined || !kind) return notFoundAnswer(view);
  const [form, seen] = [readActionForm(sent, kind), sent.text("seen")];
  const more = CONDITION_KINDS.find((one) => one === sent.text("more"));
  if (more)
    return show(c, known.value, action, { form: { ...form, when: [...form.when, blankCondition(more)] }, seen });
  const dropped = sent.text("drop");
  if (dropped !== "") {
    const when = form.when.filter((_, index) => String(index) !== dropped);
    return show(c, known.value, action, { form: { ...form, when }, seen });
  }
  const wanted = actionIn(form, action?.id, view.language);
  if ("errors" in wanted) return show(c, known.value, action, { form, errors: wanted.errors, seen });
  if (sent.text("do") === "try") return tryOut(c, known.value, action, { form, seen }, wanted.action);
  if (seen !== (await seenBy(known.value, action))) {
    // Sent twice, a new one is there already. The secret of a webhook was in the first answer: its own page gives another.
    const before = action === null ? known.value.actions.find((one) => isSame(one, wanted.action)) : undefined;
    if (before) {
      const list = `/dashboard/campaigns/${known.value.campaign.id}/actions`;
      return c.redirect(before.kind === "webhook" ? `${list}/${before.id}` : `${list}?done=acting`, 303);
    }
    return show(c, known.value, action, { form, isStale: true });
  }
  const at = action === null ? known.value.actions.length : known.value.actions.indexOf(action);
  if (at >= MOST_ACTIONS)
    return show(c, known.value, action, { form, seen, errors: [{ field: "name", message: words.wrong }] });
  const actions = known.value.actions.toSpliced(at, action === null ? 0 : 1, wanted.action as KeptAction);
  const written = await write(c, known.value.version, actions);
  if (!written.ok) return show(c, known.value, action, { form, seen, errors: errorsOf(c, written.error, at, form) });
  const saved = written.value.actions[at];
  const secret = saved === undefined ? undefined : written.value.secrets[saved.id];
  if (saved && secret !== undefined) return afterwards(c, saved.id, secret);
  return c.redirect(`/dashboard/campaigns/${known.value.campaign.id}/actions?done=acting`, 303);
}

/** What a verb has against one action, beside the fields of its form. */
function errorsOf(
  c: PageContext,
  error: Parameters<typeof fieldErrorsFrom>[1],
  at: number,
  form: ActionForm,
): FieldErrors {
  if (error.kind !== "invalid") return fieldErrorsFrom(c.var.view, error, "name");
  return fieldErrorsIn(error.fields, c.var.view.language).map(({ field, message }) => {
    const [list, place, ...path] = field.split(".");
    return { field: list === "actions" && Number(place) === at ? fieldOfPath(path, form) : "name", message };
  });
}

async function save(c: PageContext, form: Fields, known: CampaignActions, actions: KeptAction[]): Promise<Response> {
  const written = await write(c, Math.trunc(Number(form.text("seen")) || 0), actions);
  if (!written.ok) return failureAnswer(c, written.error);
  return c.redirect(`/dashboard/campaigns/${known.campaign.id}/actions?done=acting`, 303);
}

function write(c: PageContext, version: number, actions: KeptAction[]): ReturnType<typeof writeCampaignActions> {
  const allows = (permission: Permission) => may(c.var.visitor.caller, permission);
  return writeCampaignActions(writingDeps(c), targetOf(c), { actions, version }, allows, actOf(c));
}

/** The page of an action with the secret that it has from now on. */
async function afterwards(c: PageContext, actionId: string, secret: string): Promise<Response> {
  const known = await readCampaignActions(c.var.plain, targetOf(c));
  if (!known.ok) return failureAnswer(c, known.error);
  const action = known.value.actions.find(({ id }) => id === actionId);
  if (!action) return notFoundAnswer(c.var.view);
  return show(c, known.value, action, { form: formOfAction(action), secret });
}

async function tryOut(
  c: PageContext,
  known: CampaignActions,
  action: KeptAction | null,
  { form, seen }: { form: ActionForm; seen: string },
  wanted: PostCallAction,
): Promise<Response> {
  const { plain, visitor } = c.var;
  const lacking = TRYING.find((permission) => !may(visitor.caller, permission));
  if (lacking) return failureAnswer(c, { kind: "permission_missing", permission: lacking });
  const at = action === null ? known.actions.length : known.actions.indexOf(action);
  // Those before it too: its conditions may ask for their answers.
  const actions = [...known.actions.slice(0, at), { ...wanted, id: action?.id ?? "new" }];
  const operatorChannel = (source: { organizationId: string; id: string }) => operatorChannelOf(plain.db, source);
  const ask = form.ask && may(visitor.caller, "analyses:write");
  const recordings = may(visitor.caller, "recordings:read");
  const wish = { callId: form.tryOn, actions, ask, recordings };
  const result = await tryActions({ ...plain, operatorChannel }, targetOf(c), wish);
  if (!result.ok) return failureAnswer(c, result.error);
  return show(c, known, action, { form, seen, tried: result.value.slice(-1) });
}

/** What a form of an action was filled from: the action as it is, or, of a new one, the version of all of them. */
function seenBy(known: CampaignActions, action: KeptAction | null): Promise<string> | string {
  return action === null ? String(known.version) : seenOf(formOfAction(action));
}

/** Whether two actions do the same under the same name. */
function isSame(known: KeptAction, wanted: PostCallAction): boolean {
  const withoutId = (action: PostCallAction) => JSON.stringify({ ...action, id: undefined });
  return withoutId(known) === withoutId(wanted);
}

/** `seen`: what the form was filled from, where that is to be judged again. `isStale`: somebody has changed it since. */
type Shown = {
  form: ActionForm;
  seen?: string;
  isStale?: boolean;
  errors?: FieldErrors;
  tried?: readonly TriedAction[];
  secret?: string;
};

async function show(
  c: PageContext,
  known: CampaignActions,
  action: KeptAction | null,
  { form, seen, isStale = false, errors = [], tried, secret }: Shown,
): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const [choices, whole] = await Promise.all([choicesFor(c, known, action, form), readWhole(deps.db, visitor)]);
  const differences = isStale ? differencesOf(c, known, action, form, choices) : [];
  return pageAnswer(
    <ActionPage
      view={view}
      frame={frameOf(view, visitor, whole)}
      caller={visitor.caller}
      campaign={known.campaign}
      done=""
      action={action}
      seen={seen ?? (await seenBy(known, action))}
      differences={differences}
      form={form}
      errors={errors}
      choices={choices}
      tried={tried ?? null}
      secret={secret ?? null}
      signed={action !== null && known.signed.has(action.id)}
    />,
    differences.length > 0 ? 409 : errors.length > 0 ? 422 : 200,
  );
}

/** What is stored beside what was entered; of a new action those that there are now. */
function differencesOf(
  c: PageContext,
  { actions }: CampaignActions,
  action: KeptAction | null,
  entered: ActionForm,
  choices: ActionChoices,
): readonly Difference[] {
  const { view } = c.var;
  if (action !== null) return actionDifferences(view, { stored: formOfAction(action), entered }, choices);
  const label = wordsOf(actionWords, view.language).tab;
  return [{ label, stored: actions.map(({ name }) => name).join("\n"), entered: entered.name }];
}
