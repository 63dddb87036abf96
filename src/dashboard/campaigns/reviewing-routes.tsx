import { Hono } from "hono";
import { readCampaign, type CampaignRow } from "../../campaigns";
import { fieldErrorsOf } from "../../lib/field-issues";
import { listReviewers, reviewingOf, writeReviewing, type Reviewer, type ReviewingRules } from "../../quality";
import type { FieldErrors } from "../../ui/components/form";
import { differing, type Difference } from "../../ui/components/stale";
import { pageAnswer } from "../../ui/layout/page";
import { wordsOf } from "../../ui/strings/define";
import { fieldErrorsIn } from "../../ui/strings/refusals";
import { reviewingWords, sentenceOfReviewing } from "../../ui/strings/reviewing";
import type { View } from "../../ui/view";
import { actOf, writingDeps, type DashboardEnv, type PageContext } from "../deps";
import { failureAnswer, fieldErrorsFrom, ownForm, seenOf } from "../forms";
import { frameOf, readWhole } from "../frame";
import { reviewingFieldsIn, reviewingFieldsOf, rulesIn, unclearNumbers, type ReviewingFields } from "./reviewing-form";
import { ReviewingPage } from "./reviewing-page";

/** `/dashboard/campaigns/{id}/reviewing` */
export function reviewingRoutes() {
  const routes = new Hono<DashboardEnv>();

  routes.get("/campaigns/:id/reviewing", (c) => show(c));

  routes.post("/campaigns/:id/reviewing", async (c) => {
    const form = await ownForm(c, "reviews:assign");
    if (form instanceof Response) return form;
    const { view } = c.var;
    const fields = reviewingFieldsIn(form);
    const found = await readCampaign(c.var.plain.db, targetOf(c));
    if (!found.ok) return failureAnswer(c, found.error);
    const parsed = rulesIn(fields, view.language);
    const [words, seen] = [wordsOf(reviewingWords, view.language), form.text("seen")];
    const twofold = unclearNumbers(fields, view.language);
    if (twofold.length > 0) return show(c, { fields, seen, errors: twofold }, 422);
    if ("badScore" in parsed)
      return show(c, { fields, seen, errors: [{ field: "scores", message: words.badScore(parsed.badScore) }] }, 422);
    if (!parsed.success) {
      const errors = named(fieldErrorsIn(fieldErrorsOf(parsed.error), view.language));
      return show(c, { fields, seen, errors }, 422);
    }
    if (seen !== (await seenBy(found.value))) {
      const reviewers = await listReviewers(c.var.deps.db, c.var.visitor.caller, view.now);
      const both = { stored: reviewingOf(found.value), entered: parsed.data };
      return show(c, { fields, differences: differencesOf(view, both, reviewers) }, 409);
    }
    const change = { rules: parsed.data, includeWaiting: fields.waiting };
    const written = await writeReviewing(writingDeps(c), targetOf(c), change, actOf(c));
    if (written.ok) return c.redirect(`/dashboard/campaigns/${written.value.id}/reviewing?done=reviewing`, 303);
    if (written.error.kind !== "invalid") return failureAnswer(c, written.error);
    return show(c, { fields, seen, errors: named(fieldErrorsFrom(view, written.error, "assign")) }, 422);
  });

  return routes;
}

/** The fields of the form for those of the rules. */
function named(errors: FieldErrors): FieldErrors {
  const fields: Record<string, string> = {
    "sample.percent": "percent",
    "sample.per_operator_a_week": "perOperator",
    "sample.risk_from": "riskFrom",
    due_hours: "due",
    "opinions.wanted": "wanted",
    "opinions.max_spread": "spread",
    "opinions.rule": "rule",
    "opinions.when_apart": "apart",
    engine_answers: "engines",
  };
  return errors.map(({ field, message }) => ({
    field:
      fields[field] ??
      (field.startsWith("sample.scores") ? "scores" : field.startsWith("reviewers") ? "others" : field),
    message,
  }));
}

async function seenBy(campaign: CampaignRow): Promise<string> {
  return seenOf({ rules: reviewingOf(campaign) });
}

/** Where the stored rules and those that somebody entered are not the same: in words, and what the sentence leaves out. */
function differencesOf(
  view: View,
  { stored, entered }: { stored: ReviewingRules; entered: ReviewingRules },
  known: readonly Reviewer[],
): readonly Difference[] {
  const words = wordsOf(reviewingWords, view.language);
  const names = new Map(known.map(({ id, name }) => [id, name]));
  const of = (label: string, text: (rules: ReviewingRules) => string) => ({
    label,
    stored: text(stored),
    entered: text(entered),
  });
  return differing([
    of(words.title, (rules) => sentenceOfReviewing(words, rules, (value) => view.formats.number(value))),
    of(words.people, ({ reviewers }) =>
      reviewers
        .map(({ reviewer_id: id, expertise }) => [names.get(id) ?? id, ...expertise].join(", "))
        .toSorted()
        .join("\n"),
    ),
    of(words.others, ({ sample }) => (sample?.others === "close" ? words.othersClose : words.othersQueue)),
    of(words.rule, ({ opinions }) => (opinions ? words[opinions.rule] : "")),
    of(words.apart, ({ opinions }) =>
      opinions ? (opinions.when_apart === "another" ? words.another : words.handUp) : "",
    ),
  ]);
}

/** `seen`: what the form was filled from, where that is to be judged again. */
type Shown = { fields?: ReviewingFields; seen?: string; errors?: FieldErrors; differences?: readonly Difference[] };

async function show(
  c: PageContext,
  { fields, seen, errors = [], differences = [] }: Shown = {},
  status: 200 | 409 | 422 = 200,
): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const [found, reviewers, whole] = await Promise.all([
    readCampaign(deps.db, targetOf(c)),
    listReviewers(deps.db, visitor.caller, view.now),
    readWhole(deps.db, visitor),
  ]);
  if (!found.ok) return failureAnswer(c, found.error);
  const rules = reviewingOf(found.value);
  const known = reviewers.map(({ id }) => id);
  return pageAnswer(
    <ReviewingPage
      view={view}
      frame={frameOf(view, visitor, whole)}
      caller={visitor.caller}
      campaign={found.value}
      done={c.req.query("done") ?? ""}
      rules={rules}
      reviewers={reviewers}
      fields={fields ?? reviewingFieldsOf(rules, known)}
      errors={errors}
      differences={differences}
      seen={seen ?? (await seenBy(found.value))}
    />,
    status,
  );
}

function targetOf(c: PageContext) {
  const { organizationId, reach } = c.var.visitor.caller;
  return { organizationId, reach, id: c.req.param("id") ?? "" };
}
