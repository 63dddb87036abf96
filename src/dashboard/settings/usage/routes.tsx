import { Hono } from "hono";
import { MICROS, monthNumber, readSpend } from "../../../analysis";
import { listCampaigns } from "../../../campaigns";
import { changeOrganization, may, MOST_ALERT_DOLLARS, readOrganization } from "../../../identity";
import { DAY, toIso } from "../../../lib/time";
import { Toast } from "../../../ui/components/toast";
import { pageAnswer } from "../../../ui/layout/page";
import { wordsOf } from "../../../ui/strings/define";
import { usageWords } from "../../../ui/strings/usage";
import {
  dollarsFor,
  forecastOf,
  monthOf,
  readUsageAlert,
  sumOf,
  usageByCampaign,
  usageByDay,
  usageOf,
} from "../../../usage";
import { amountIn } from "../../amount";
import { actOf, writingDeps, type DashboardEnv, type PageContext } from "../../deps";
import { failureAnswer, needs, ownForm, seenOf } from "../../forms";
import { frameOf, readWhole } from "../../frame";
import { USAGE } from "./address";
import { UsagePage, type UsageParts } from "./page";

const ALERTS = { least: 1, most: MOST_ALERT_DOLLARS, decimals: 0 };
const MOST_SHOWN = 100;
const MOST_NAMED = 500;

/** `/dashboard/settings/usage` */
export function usageRoutes() {
  const routes = new Hono<DashboardEnv>();

  routes.get("/settings/usage", needs("usage:read"), (c) => usageAnswer(c));

  routes.post("/settings/usage/alert", needs("usage:read"), async (c) => {
    const form = await ownForm(c, "organization:write");
    if (form instanceof Response) return form;
    const { view, visitor } = c.var;
    const sent = form.text("amount").trim();
    const wrong = wordsOf(usageWords, view.language).alertWrong(view.formats.number(MOST_ALERT_DOLLARS));
    const chosenAmount = sent === "" ? { value: null } : amountIn(sent, view.language, ALERTS, wrong);
    if ("message" in chosenAmount) {
      const errors = [{ field: "amount", message: chosenAmount.message }];
      return usageAnswer(c, { amount: sent.slice(0, 20), seen: form.text("seen"), errors });
    }
    const amount = chosenAmount.value;
    const { organizationId } = visitor.caller;
    const stored = amountText((await readOrganization(c.var.plain.db, organizationId))?.usageAlertDollars);
    if (form.text("seen") !== (await seenOf({ amount: stored }))) {
      const label = wordsOf(usageWords, view.language).alertAmount;
      const entered = amountText(amount);
      return usageAnswer(c, { amount: entered, errors: [], differences: [{ label, stored, entered }] });
    }
    const chosen = await changeOrganization(writingDeps(c), organizationId, { usageAlertDollars: amount }, actOf(c));
    return chosen.ok ? c.redirect(`${USAGE}?done=saved#alert`, 303) : failureAnswer(c, chosen.error);
  });

  return routes;
}

async function usageAnswer(c: PageContext, refused?: UsageParts["refused"]): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const { caller } = visitor;
  const { organizationId, reach } = caller;
  const isLastMonth = c.req.query("month") === "last";
  const month = monthOf(view.now, isLastMonth ? 1 : 0);
  const today = Math.floor(view.now / DAY);
  const span = { organizationId, from: month.from, until: Math.min(month.until, today + 1) };
  const [days, engines, byCampaign, campaigns, organization, alert, whole] = await Promise.all([
    usageByDay(deps.db, span),
    readSpend(deps.db, organizationId, monthNumber(month.from * DAY)),
    usageByCampaign(deps.db, span),
    listCampaigns(deps.db, { organizationId, reach, limit: MOST_NAMED }),
    readOrganization(deps.db, organizationId),
    readUsageAlert(deps.db, { organizationId, month: monthOf(view.now) }),
    readWhole(deps.db, visitor),
  ]);
  const total = sumOf(days);
  const cost = dollarsFor(usageOf(total)) + engines.reduce((sum, { micros }) => sum + micros, 0) / MICROS;
  const parts = {
    first: dateOf(span.from),
    last: dateOf(span.until - 1),
    isLastMonth,
    total,
    engines,
    dollars: cost,
    forecast: forecastOf(cost, month, view.now),
    byCampaign: byCampaign.slice(0, MOST_SHOWN),
    campaigns,
    alertDollars: organization?.usageAlertDollars ?? null,
    seen: refused?.seen ?? (await seenOf({ amount: amountText(organization?.usageAlertDollars) })),
    alert,
    mayChoose: may(caller, "organization:write"),
    mayReadEngines: may(caller, "engines:read"),
    ...(refused && { refused }),
  };
  const words = wordsOf(usageWords, view.language);
  return pageAnswer(
    <UsagePage
      view={view}
      frame={frameOf(view, visitor, whole)}
      caller={caller}
      parts={parts}
      toast={c.req.query("done") === "saved" && <Toast>{words.alertSaved}</Toast>}
    />,
    refused?.differences ? 409 : refused ? 422 : 200,
  );
}

/** An amount as its field has it. */
function amountText(dollarsOrNone: number | null | undefined): string {
  return typeof dollarsOrNone === "number" ? String(dollarsOrNone) : "";
}

function dateOf(day: number): string {
  return toIso(day * DAY).slice(0, 10);
}
