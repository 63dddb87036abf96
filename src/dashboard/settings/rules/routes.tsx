import { Hono } from "hono";
import {
  changeRule,
  createRule,
  deleteRule,
  listRules,
  MAX_RULES,
  readRule,
  tryRule,
  type RuleContent,
  type RuleRow,
  type Tried,
} from "../../../analysis";
import { listCampaigns } from "../../../campaigns";
import { may } from "../../../identity";
import { DAY } from "../../../lib/time";
import { PRECISION_DAYS, precisionOfRules } from "../../../quality";
import { operatorChannelOf } from "../../../sources";
import type { FieldErrors } from "../../../ui/components/form";
import type { Difference } from "../../../ui/components/stale";
import { Toast } from "../../../ui/components/toast";
import { pageAnswer } from "../../../ui/layout/page";
import { wordsOf } from "../../../ui/strings/define";
import { ruleWords } from "../../../ui/strings/rules";
import { actOf, writingDeps, type DashboardEnv, type PageContext } from "../../deps";
import { failureAnswer, fieldErrorsFrom, type Fields, idOfForm, needs, newOnce, ownForm } from "../../forms";
import { frameOf, readWhole } from "../../frame";
import { notFoundAnswer } from "../../message-page";
import { RULES } from "./address";
import { blank, differencesOf, formOfRule, KINDS, NEW_RULE, readRuleForm, ruleIn, type RuleForm } from "./form";
import { RuleListPage } from "./list-page";
import { DeleteRulePage, RulePage } from "./rule-page";

const HERE = "/settings/rules";
const MOST_CAMPAIGNS = 500;
/** So many past calls a rule is tried on by its page. */
const TRIED = 50;

type Shown = {
  form: RuleForm;
  errors?: FieldErrors;
  tried?: Tried;
  differences?: readonly Difference[];
  /** The token of the form of a new rule, and the version of a known one that the form was filled with. */
  once?: string;
  seen?: string;
};

/** `/dashboard/settings/rules` */
export function ruleRoutes() {
  const routes = new Hono<DashboardEnv>();
  for (const path of [HERE, `${HERE}/*`]) routes.use(path, needs("rules:read"));

  routes.get(HERE, async (c) => {
    const { deps, view, visitor } = c.var;
    const { organizationId } = visitor.caller;
    const [rules, precision, campaigns, whole] = await Promise.all([
      listRules(deps.db, { ...withinOf(c), limit: MAX_RULES }),
      precisionOfRules(deps.db, organizationId, view.now - PRECISION_DAYS * DAY),
      campaignsFor(c),
      readWhole(deps.db, visitor),
    ]);
    return pageAnswer(
      <RuleListPage
        view={view}
        frame={frameOf(view, visitor, whole)}
        caller={visitor.caller}
        rules={rules}
        precision={precision}
        campaigns={campaigns}
        mayWrite={may(visitor.caller, "rules:write")}
        toast={toastOf(c)}
      />,
    );
  });

  routes.get(`${HERE}/new`, needs("rules:write"), (c) => formAnswer(c, null, { form: NEW_RULE }));

  routes.post(HERE, async (c) => {
    const sent = await ownForm(c, "rules:write");
    if (sent instanceof Response) return sent;
    const asked = await askedOf(c, sent, null);
    if (asked instanceof Response) return asked;
    const { once } = asked;
    const { organizationId } = c.var.visitor.caller;
    const named = { ...withinOf(c), id: await idOfForm("rul", organizationId, once) };
    const made = await createRule(writingDeps(c), named, asked.rule, actOf(c));
    if (made.ok) return c.redirect(`${RULES}/${made.value.id}?done=saved`, 303);
    return formAnswer(c, null, { form: asked.form, once, errors: fieldErrorsFrom(c.var.view, made.error, "name") });
  });

  routes.get(`${HERE}/:id`, async (c) => {
    const found = await readRule(c.var.deps.db, targetOf(c));
    return found.ok ? formAnswer(c, found.value, { form: formOfRule(found.value) }) : notFoundAnswer(c.var.view);
  });

  routes.post(`${HERE}/:id`, async (c) => {
    const sent = await ownForm(c, "rules:write");
    if (sent instanceof Response) return sent;
    const found = await readRule(c.var.plain.db, targetOf(c));
    if (!found.ok) return notFoundAnswer(c.var.view);
    const asked = await askedOf(c, sent, found.value);
    if (asked instanceof Response) return asked;
    if (asked.seen !== String(found.value.version)) return staleAnswer(c, found.value, asked);
    const changed = await changeRule(writingDeps(c), targetOf(c), asked.rule, actOf(c));
    if (changed.ok) return c.redirect(`${RULES}/${changed.value.id}?done=saved`, 303);
    return formAnswer(c, found.value, { form: asked.form, errors: fieldErrorsFrom(c.var.view, changed.error, "name") });
  });

  routes.get(`${HERE}/:id/delete`, needs("rules:write"), async (c) => {
    const { deps, view, visitor } = c.var;
    const [found, whole] = await Promise.all([readRule(deps.db, targetOf(c)), readWhole(deps.db, visitor)]);
    if (!found.ok) return notFoundAnswer(view);
    const frame = frameOf(view, visitor, whole);
    return pageAnswer(<DeleteRulePage view={view} frame={frame} caller={visitor.caller} rule={found.value} />);
  });

  routes.post(`${HERE}/:id/delete`, async (c) => {
    const sent = await ownForm(c, "rules:write");
    if (sent instanceof Response) return sent;
    const gone = await deleteRule(writingDeps(c).db, targetOf(c));
    return gone.ok ? c.redirect(`${RULES}?done=deleted`, 303) : failureAnswer(c, gone.error);
  });

  return routes;
}

/** What a form wants saved; or the page again, with another condition, one less, what is wrong, or how it did on past calls. */
async function askedOf(
  c: PageContext,
  sent: Fields,
  rule: RuleRow | null,
): Promise<Response | { form: RuleForm; rule: RuleContent; once: string; seen: string }> {
  const form = readRuleForm(sent);
  const [once, seen] = [sent.text("once") || newOnce(), sent.text("seen")];
  const added = KINDS.find((kind) => kind === sent.text("add"));
  if (added)
    return formAnswer(c, rule, { form: { ...form, conditions: [...form.conditions, blank(added)] }, once, seen });
  const removed = sent.text("remove");
  if (removed !== "") {
    const conditions = form.conditions.filter((_, index) => String(index) !== removed);
    return formAnswer(c, rule, { form: { ...form, conditions }, once, seen });
  }
  const wanted = ruleIn(form, c.var.view.language);
  if ("errors" in wanted) return formAnswer(c, rule, { form, errors: wanted.errors, once, seen });
  const isTried = sent.text("do") === "try" && may(c.var.visitor.caller, "analyses:read");
  if (!isTried) return { form, rule: wanted.rule, once, seen };
  const { plain } = c.var;
  const deps = { ...plain, operatorChannel: (source: Source) => operatorChannelOf(plain.db, source) };
  const query = { ...withinOf(c), campaignId: wanted.rule.campaignId, limit: TRIED };
  const tried = await tryRule(deps, query, { ...wanted.rule, id: rule?.id ?? "", version: 0 });
  return formAnswer(c, rule, { form, tried, once, seen });
}

/** The form with what was entered, and beside it what somebody else saved meanwhile. Saved again, it replaces that. */
async function staleAnswer(c: PageContext, rule: RuleRow, { form }: { form: RuleForm }): Promise<Response> {
  const words = wordsOf(ruleWords, c.var.view.language);
  const campaigns = new Map((await campaignsFor(c)).map(({ id, name }) => [id, name]));
  const differences = differencesOf(words, { stored: formOfRule(rule), entered: form }, campaigns);
  return formAnswer(c, rule, { form, differences });
}

type Source = { organizationId: string; id: string };

async function formAnswer(c: PageContext, rule: RuleRow | null, shown: Shown): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const [campaigns, whole] = await Promise.all([campaignsFor(c), readWhole(deps.db, visitor)]);
  const { form, errors = [], tried = null, differences = [], once = newOnce() } = shown;
  const seen = shown.seen ?? String(rule?.version ?? "");
  return pageAnswer(
    <RulePage
      view={view}
      frame={frameOf(view, visitor, whole)}
      caller={visitor.caller}
      rule={rule}
      form={form}
      errors={errors}
      differences={differences}
      once={once}
      seen={seen}
      campaigns={campaigns}
      tried={tried}
      mayWrite={may(visitor.caller, "rules:write")}
      mayTry={may(visitor.caller, "rules:write") && may(visitor.caller, "analyses:read")}
      toast={toastOf(c)}
    />,
    differences.length > 0 ? 409 : errors.length > 0 ? 422 : 200,
  );
}

function campaignsFor(c: PageContext) {
  const { deps, visitor } = c.var;
  return may(visitor.caller, "campaigns:read")
    ? listCampaigns(deps.db, { ...withinOf(c), limit: MOST_CAMPAIGNS })
    : Promise.resolve([]);
}

function toastOf(c: PageContext) {
  const words = wordsOf(ruleWords, c.var.view.language);
  const done = c.req.query("done");
  const said = done === "saved" ? words.saved : done === "deleted" ? words.deleted : undefined;
  return said !== undefined && <Toast>{said}</Toast>;
}

function withinOf({ var: { visitor } }: PageContext) {
  const { organizationId, reach } = visitor.caller;
  return { organizationId, reach };
}

function targetOf(c: PageContext) {
  return { ...withinOf(c), id: c.req.param("id") ?? "" };
}
