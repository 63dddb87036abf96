import { Hono } from "hono";
import { listCampaigns } from "../../../campaigns";
import { fieldErrorsOf } from "../../../lib/field-issues";
import { HOUR, SECOND } from "../../../lib/time";
import { archivePolicy, createPolicy, listPolicies, listViolations, MAX_POLICIES, MEASURES } from "../../../quality";
import type { FieldErrors } from "../../../ui/components/form";
import { Toast } from "../../../ui/components/toast";
import { pageAnswer } from "../../../ui/layout/page";
import { wordsOf } from "../../../ui/strings/define";
import { fieldErrorsIn } from "../../../ui/strings/refusals";
import { serviceLevelWords } from "../../../ui/strings/service-levels";
import { numberIn, unclear } from "../../amount";
import { actOf, writingDeps, type DashboardEnv, type PageContext } from "../../deps";
import { failureAnswer, fieldErrorsFrom, idOfForm, needs, newOnce, ownForm } from "../../forms";
import { frameOf, readWhole } from "../../frame";
import { SERVICE_LEVELS } from "./address";
import { hoursIn, lacksZone, newPolicy, policyFieldsIn, type PolicyFields } from "./form";
import { ServiceLevelsPage } from "./page";

const HERE = "/settings/service-levels";
const MOST_LATE = 50;
const MOST_CAMPAIGNS = 500;

/** `/dashboard/settings/service-levels` */
export function serviceLevelRoutes() {
  const routes = new Hono<DashboardEnv>();
  for (const path of [HERE, `${HERE}/*`]) routes.use(path, needs("reviews:read"));

  routes.get(HERE, (c) => show(c));

  routes.post(HERE, async (c) => {
    const form = await ownForm(c, "reviews:assign");
    if (form instanceof Response) return form;
    const { view } = c.var;
    const { organizationId, reach } = c.var.visitor.caller;
    const fields = policyFieldsIn(form);
    const once = form.text("once");
    const measure = MEASURES.find((one) => one === fields.measure) ?? "task_reviewed";
    const seconds = Math.round((numberIn(fields.within, view.language) * HOUR) / SECOND);
    const hours = hoursIn(fields);
    const errors = errorsOf(c, fields, seconds, hours);
    if (errors.length > 0) return show(c, { fields, errors, once }, 422);
    const input = {
      name: fields.name,
      measure,
      seconds,
      campaigns: fields.campaign === "" ? null : [fields.campaign],
      hours: hours?.data
        ? { timeZone: hours.data.time_zone, days: hours.data.days, holidays: hours.data.holidays }
        : null,
    };
    const id = await idOfForm("sla", organizationId, once);
    const made = await createPolicy(writingDeps(c).db, { organizationId, reach, id, ...input }, actOf(c));
    if (made.ok) return c.redirect(`${SERVICE_LEVELS}?done=added`, 303);
    return show(c, { fields, errors: named(fieldErrorsFrom(view, made.error, "name")), once }, 422);
  });

  routes.post(`${HERE}/:id/end`, async (c) => {
    const form = await ownForm(c, "reviews:assign");
    if (form instanceof Response) return form;
    const { organizationId, reach } = c.var.visitor.caller;
    const ended = await archivePolicy(writingDeps(c).db, { organizationId, reach, id: c.req.param("id") }, actOf(c));
    return ended.ok ? c.redirect(`${SERVICE_LEVELS}?done=ended`, 303) : failureAnswer(c, ended.error);
  });

  return routes;
}

function errorsOf(
  c: PageContext,
  fields: PolicyFields,
  seconds: number,
  hours: ReturnType<typeof hoursIn>,
): FieldErrors {
  const { language } = c.var.view;
  const words = wordsOf(serviceLevelWords, language);
  const twofold = unclear(fields.within, language);
  const wrong = [
    ...(fields.name === "" ? [{ field: "name", message: "must not be empty" }] : []),
    ...(twofold !== undefined || (seconds >= 60 && seconds <= 31_536_000)
      ? []
      : [{ field: "within", message: "must be at most 8760" }]),
  ];
  const ofHours = hours === null || hours.success ? [] : fieldErrorsOf(hours.error);
  return [
    ...(twofold === undefined ? [] : [{ field: "within", message: twofold }]),
    ...fieldErrorsIn([...wrong, ...ofHours.filter(({ field }) => !field.startsWith("days"))], language),
    ...(lacksZone(fields) ? [{ field: "zone", message: words.needsZone }] : []),
    ...(ofHours.some(({ field }) => field.startsWith("days")) ? [{ field: "days", message: words.badDays }] : []),
  ].map(rename);
}

function named(errors: FieldErrors): FieldErrors {
  return errors.map(rename);
}

/** The fields of the form for those of the policy. */
function rename({ field, ...error }: FieldErrors[number]): FieldErrors[number] {
  const fields: Record<string, string> = { time_zone: "zone", campaign_ids: "campaign" };
  return { field: fields[field] ?? (field.startsWith("holidays") ? "holidays" : field), ...error };
}

type Shown = { fields?: PolicyFields; errors?: FieldErrors; once?: string };

async function show(
  c: PageContext,
  { fields, errors = [], once = newOnce() }: Shown = {},
  status: 200 | 422 = 200,
): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const { organizationId, reach } = visitor.caller;
  const [policies, violations, campaigns, whole] = await Promise.all([
    listPolicies(deps.db, { organizationId, reach, limit: MAX_POLICIES }),
    listViolations(deps.db, { organizationId, reach, limit: MOST_LATE }),
    listCampaigns(deps.db, { organizationId, reach, limit: MOST_CAMPAIGNS }),
    readWhole(deps.db, visitor),
  ]);
  const words = wordsOf(serviceLevelWords, view.language);
  const done = c.req.query("done");
  return pageAnswer(
    <ServiceLevelsPage
      view={view}
      frame={frameOf(view, visitor, whole)}
      caller={visitor.caller}
      policies={policies}
      violations={violations}
      campaigns={campaigns}
      fields={fields ?? newPolicy(view.formats.zone)}
      errors={errors}
      once={once}
      toast={done === "added" || done === "ended" ? <Toast>{words[done]}</Toast> : undefined}
    />,
    status,
  );
}
