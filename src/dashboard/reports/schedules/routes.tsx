import { Hono } from "hono";
import { may } from "../../../identity";
import { fieldErrorsOf } from "../../../lib/field-issues";
import {
  createSchedule,
  deleteSchedule,
  listRuns,
  listSchedules,
  namesOfReports,
  readSchedule,
  recipientsAmong,
  sendNow,
  updateSchedule,
} from "../../../reports";
import type { FieldErrors } from "../../../ui/components/form";
import { pageAnswer } from "../../../ui/layout/page";
import { wordsOf } from "../../../ui/strings/define";
import { fieldErrorsIn } from "../../../ui/strings/refusals";
import { reportScheduleWords } from "../../../ui/strings/report-schedules";
import { reportWords } from "../../../ui/strings/reports";
import { AskPage } from "../../ask-page";
import { campaignsFor } from "../../calls/read";
import { actOf, writingDeps, type DashboardEnv, type PageContext } from "../../deps";
import { failureAnswer, fieldErrorsFrom, idOfForm, needs, newOnce, ownForm } from "../../forms";
import { frameOf, readWhole } from "../../frame";
import { pageOf, positionIn } from "../../settings/paged";
import { readReportQuery } from "../query";
import {
  differencesOf,
  fieldsFromReport,
  fieldsOfSchedule,
  scheduleFieldsIn,
  scheduleIn,
  type ScheduleFields,
} from "./form";
import { NewSchedulePage, ScheduleListPage, SchedulePage, SCHEDULES } from "./pages";

const HERE = "/reports/schedules";

/** `/dashboard/reports/schedules` */
export function reportScheduleRoutes() {
  const routes = new Hono<DashboardEnv>();

  routes.get(HERE, async (c) => {
    const { deps, view, visitor } = c.var;
    const [schedules, whole] = await Promise.all([
      listSchedules(deps.db, askerOf(c), positionIn(c, "after")),
      readWhole(deps.db, visitor),
    ]);
    return pageAnswer(
      <ScheduleListPage
        view={view}
        frame={frameOf(view, visitor, whole)}
        mayWrite={mayWrite(c)}
        schedules={pageOf(c, "after", schedules, ({ id }) => id)}
        done={c.req.query("done") ?? ""}
      />,
    );
  });

  routes.get(`${HERE}/new`, needs("reports:write"), (c) => {
    const { view } = c.var;
    const asked = readReportQuery(new URL(c.req.url).searchParams);
    const words = wordsOf(reportWords, view.language);
    return newPage(c, fieldsFromReport(asked, words[asked.by], view.formats.zone), [], newOnce());
  });

  routes.post(HERE, async (c) => {
    const form = await ownForm(c, "reports:write");
    if (form instanceof Response) return form;
    const [fields, once] = [scheduleFieldsIn(form), form.text("once")];
    const parsed = scheduleIn(fields);
    if (!parsed.success) return newPage(c, fields, errorsIn(c, fieldErrorsOf(parsed.error)), once);
    const asker = askerOf(c);
    const id = await idOfForm("rps", asker.organizationId, once);
    const made = await createSchedule(writingDeps(c).db, { ...asker, id }, parsed.data, actOf(c));
    if (made.ok) return c.redirect(`${SCHEDULES}/${made.value.id}?done=saved`, 303);
    return newPage(c, fields, fieldErrorsFrom(c.var.view, made.error, "name").map(rename), once);
  });

  routes.get(`${HERE}/:id`, (c) => onePage(c));

  routes.post(`${HERE}/:id`, async (c) => {
    const form = await ownForm(c, "reports:write");
    if (form instanceof Response) return form;
    const fields = scheduleFieldsIn(form);
    const parsed = scheduleIn(fields);
    const seen = form.text("seen");
    if (!parsed.success) return onePage(c, { fields, seen, errors: errorsIn(c, fieldErrorsOf(parsed.error)) });
    const found = await readSchedule(c.var.plain.db, targetOf(c));
    if (!found.ok) return failureAnswer(c, found.error);
    const { version } = found.value;
    if (seen !== String(version)) return onePage(c, { fields, isStale: true });
    const target = { ...targetOf(c), seen: version };
    const changed = await updateSchedule(writingDeps(c).db, target, parsed.data, actOf(c));
    if (changed.ok) return c.redirect(`${SCHEDULES}/${changed.value.id}?done=saved`, 303);
    if (changed.error.kind === "not_found") return failureAnswer(c, changed.error);
    return onePage(c, { fields, seen, errors: fieldErrorsFrom(c.var.view, changed.error, "name").map(rename) });
  });

  for (const [act, paused] of [
    ["pause", true],
    ["resume", false],
  ] as const)
    routes.post(`${HERE}/:id/${act}`, async (c) => {
      const form = await ownForm(c, "reports:write");
      if (form instanceof Response) return form;
      const changed = await updateSchedule(writingDeps(c).db, targetOf(c), { paused }, actOf(c));
      return changed.ok ? c.redirect(`${SCHEDULES}/${changed.value.id}`, 303) : failureAnswer(c, changed.error);
    });

  routes.post(`${HERE}/:id/send`, async (c) => {
    const form = await ownForm(c, "reports:write");
    if (form instanceof Response) return form;
    const request = form.text("once").slice(0, 100) || undefined;
    const begun = await sendNow(writingDeps(c).db, { ...targetOf(c), request }, actOf(c));
    return begun.ok
      ? c.redirect(`${SCHEDULES}/${begun.value.scheduleId}?done=sent`, 303)
      : failureAnswer(c, begun.error);
  });

  routes.get(`${HERE}/:id/delete`, needs("reports:write"), async (c) => {
    const { deps, view, visitor } = c.var;
    const [found, whole] = await Promise.all([readSchedule(deps.db, targetOf(c)), readWhole(deps.db, visitor)]);
    if (!found.ok) return failureAnswer(c, found.error);
    const words = wordsOf(reportScheduleWords, view.language);
    return pageAnswer(
      <AskPage
        view={view}
        frame={frameOf(view, visitor, whole)}
        current="reports"
        title={words.removeTitle(found.value.name)}
        back={{ href: `${SCHEDULES}/${found.value.id}`, title: words.back }}
        go={words.removeGo}
        danger
      >
        <p>{words.removeText}</p>
      </AskPage>,
    );
  });

  routes.post(`${HERE}/:id/delete`, async (c) => {
    const form = await ownForm(c, "reports:write");
    if (form instanceof Response) return form;
    const gone = await deleteSchedule(writingDeps(c).db, targetOf(c));
    return gone.ok ? c.redirect(`${SCHEDULES}?done=removed`, 303) : failureAnswer(c, gone.error);
  });

  return routes;
}

function askerOf(c: PageContext) {
  const { organizationId, reach, actor } = c.var.visitor.caller;
  return { organizationId, reach, actor };
}

function targetOf(c: PageContext) {
  return { ...askerOf(c), id: c.req.param("id") ?? "" };
}

function mayWrite(c: PageContext): boolean {
  return may(c.var.visitor.caller, "reports:write");
}

/** The people that the form offers: who may not read who the members are is offered themselves, and who is chosen already. */
function peopleFor(c: PageContext, chosen: readonly string[]) {
  const { caller, session } = c.var.visitor;
  const ids = may(caller, "people:read") ? undefined : [session.userId, ...chosen];
  return recipientsAmong(c.var.deps.db, caller.organizationId, ids);
}

type Issues = ReturnType<typeof fieldErrorsOf>;

/** What the schema refuses, beside the fields of the form. */
function errorsIn(c: PageContext, issues: Issues): FieldErrors {
  const { language } = c.var.view;
  const hour = issues.find(({ field }) => field === "hour");
  const words = wordsOf(reportScheduleWords, language);
  return [
    ...fieldErrorsIn(
      issues.filter(({ field }) => field !== "hour"),
      language,
    ).map(rename),
    ...(hour ? [{ field: "hour", message: words.badHour }] : []),
  ];
}

function rename({ field, message }: FieldErrors[number]): FieldErrors[number] {
  const fields: Record<string, string> = { time_zone: "zone", recipients: "person", "report.campaign_id": "campaign" };
  return { field: fields[field] ?? (field.startsWith("recipients") ? "person" : field), message };
}

async function newPage(c: PageContext, fields: ScheduleFields, errors: FieldErrors, once: string): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const [people, campaigns, whole] = await Promise.all([
    peopleFor(c, fields.people),
    campaignsFor(deps.db, visitor.caller),
    readWhole(deps.db, visitor),
  ]);
  const props = { view, frame: frameOf(view, visitor, whole), mayWrite: true, fields, errors, people, campaigns, once };
  return pageAnswer(<NewSchedulePage {...props} />, errors.length > 0 ? 422 : 200);
}

type Shown = { fields?: ScheduleFields; seen?: string; isStale?: boolean; errors?: FieldErrors };

/**
 * The page of a schedule. `fields`: what was entered. `seen`: what that was filled from, where it is to be judged again.
 * `isStale`: somebody has changed it since.
 */
async function onePage(c: PageContext, shown: Shown = {}): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const { organizationId } = visitor.caller;
  const [found, campaigns, runs, whole] = await Promise.all([
    readSchedule(deps.db, targetOf(c)),
    campaignsFor(deps.db, visitor.caller),
    listRuns(deps.db, { organizationId, id: c.req.param("id") ?? "" }, positionIn(c, "after")),
    readWhole(deps.db, visitor),
  ]);
  if (!found.ok) return failureAnswer(c, found.error);
  const schedule = found.value;
  const [names, people] = await Promise.all([
    namesOfReports(deps.db, organizationId, { reviewer: [schedule.owner.id] }),
    peopleFor(c, [...schedule.recipients, ...(shown.fields?.people ?? [])]),
  ]);
  const errors = shown.errors ?? [];
  const stored = fieldsOfSchedule(schedule);
  const called = new Map([...people, ...campaigns].map(({ id, name }) => [id, name]));
  const differences =
    shown.fields && shown.isStale
      ? differencesOf(view, { stored, entered: shown.fields }, (id) => called.get(id) ?? id)
      : [];
  return pageAnswer(
    <SchedulePage
      view={view}
      frame={frameOf(view, visitor, whole)}
      mayWrite={mayWrite(c)}
      schedule={schedule}
      ownerName={names.get(schedule.owner.id) ?? schedule.owner.id}
      runs={pageOf(c, "after", runs, ({ id }) => id)}
      fields={shown.fields ?? stored}
      seen={shown.seen ?? String(schedule.version)}
      errors={errors}
      differences={differences}
      people={people}
      campaigns={campaigns}
      once={newOnce()}
      done={c.req.query("done") ?? ""}
    />,
    differences.length > 0 ? 409 : errors.length > 0 ? 422 : 200,
  );
}
