import { Hono, type Context } from "hono";
import {
  checkSignature,
  deleteEndpoint,
  holdDelivery,
  OVERLAP,
  readEndpoint,
  regenerateCompanySecret,
  replayEndpoint,
  retryDelivery,
  retryEndpoint,
  revealCompanySecret,
  revealSecret,
  rotateSecret,
  settleDelivery,
  signDeliveryNow,
  testEndpoint,
  updateEndpoint,
  type EndpointOptions,
} from "../../delivery";
import type { DomainError } from "../../errors";
import { pageAnswer } from "../../ui/layout/page";
import { wordsOf } from "../../ui/strings/define";
import { refusalText } from "../../ui/strings/refusals";
import { stateWords } from "../../ui/strings/state";
import { webhookPageWords } from "../../ui/strings/webhook";
import { actOf, writingDeps, type DashboardEnv } from "../deps";
import { failureAnswer, fieldErrorsFrom, ownForm, seenOf } from "../forms";
import { messageAnswer } from "../message-page";
import { CheckPage } from "./check-page";
import { curlOf } from "./curl";
import { fieldsFrom, fieldsNamed, fieldsOf, optionsFrom } from "./form";
import { DELIVERY_STATES } from "./deliveries-page";
import { differencesOf } from "./differences";
import { deliveriesPage, propsOf, replayChoiceOf, replayQueryOf, secretPage } from "./one-routes";
import { previewOf } from "./preview";
import { WebhookSettingsPage } from "./settings-page";

type PageContext = Context<DashboardEnv>;

/** What a person does with one webhook. */
export function webhookActRoutes() {
  const routes = new Hono<DashboardEnv>();

  routes.post("/webhooks/:id/pause", (c) => change(c, { paused: true }, "paused"));
  routes.post("/webhooks/:id/resume", (c) => change(c, { paused: false }, "resumed"));
  routes.post("/webhooks/:id/enable", (c) => change(c, { active: true }, "enabled"));

  routes.post("/webhooks/:id/test", async (c) => {
    const form = await ownForm(c, "endpoints:write");
    if (form instanceof Response) return form;
    const tested = await testEndpoint(writingDeps(c), targetOf(c), undefined, actOf(c));
    if (!tested.ok) return failureAnswer(c, tested.error);
    const { deliveryId, state } = tested.value.entry;
    return c.redirect(`${baseOf(c)}?delivery=${deliveryId}&done=${state === "delivered" ? "tested" : "refused"}`, 303);
  });

  routes.post("/webhooks/:id/settings", async (c) => {
    const form = await ownForm(c, "endpoints:write");
    if (form instanceof Response) return form;
    const { view } = c.var;
    const current = await readEndpoint(c.var.plain.db, targetOf(c));
    if (!current.ok) return failureAnswer(c, current.error);
    const stored = fieldsOf(current.value);
    const fields = fieldsFrom(form);
    const seen = await seenOf(stored);
    const isStale = form.text("seen") !== seen;
    const { options, errors } = optionsFrom(fields, view.language);
    const isSave = form.text("do") !== "preview" && !isStale && errors.length === 0;
    const saved = isSave ? await updateEndpoint(writingDeps(c), targetOf(c), options, actOf(c)) : null;
    if (saved?.ok) return c.redirect(`${baseOf(c)}/settings?done=saved`, 303);
    const props = await propsOf(c);
    if (props instanceof Response) return props;
    const refused = saved ? fieldsNamed(fieldErrorsFrom(c.var.view, saved.error, "url")) : errors;
    const preview = await previewOf(view, current.value.profile, fields);
    const differences = isStale ? differencesOf(view, stored, fields) : [];
    const status = isStale ? 409 : refused.length > 0 ? 422 : 200;
    const filled = { fields, seen, errors: refused, differences, preview };
    return pageAnswer(<WebhookSettingsPage {...props} {...filled} />, status);
  });

  routes.post("/webhooks/:id/delete", async (c) => {
    const form = await ownForm(c, "endpoints:write");
    if (form instanceof Response) return form;
    const deleted = await deleteEndpoint(writingDeps(c), targetOf(c), actOf(c));
    return deleted.ok ? c.redirect("/dashboard/webhooks", 303) : failureAnswer(c, deleted.error);
  });

  routes.post("/webhooks/:id/retry", async (c) => {
    const form = await ownForm(c, "deliveries:write");
    if (form instanceof Response) return form;
    const retried = await retryEndpoint(writingDeps(c), targetOf(c), actOf(c));
    if (!retried.ok) return failureAnswer(c, retried.error);
    return c.redirect(`${baseOf(c)}?done=retriedAll&count=${retried.value.retried}`, 303);
  });

  routes.post("/webhooks/:id/replay", async (c) => {
    const form = await ownForm(c, "deliveries:write");
    if (form instanceof Response) return form;
    const query = replayQueryOf(c, replayChoiceOf(c, form.text));
    const sent = await replayEndpoint(writingDeps(c), targetOf(c), query, { dryRun: false }, actOf(c));
    if (!sent.ok) return failureAnswer(c, sent.error);
    return c.redirect(`${baseOf(c)}?done=replayed&count=${sent.value.enqueued}`, 303);
  });

  routes.post("/webhooks/:id/deliveries/:delivery", async (c) => {
    const form = await ownForm(c, "deliveries:write");
    if (form instanceof Response) return form;
    const deliveryId = c.req.param("delivery");
    const target = { ...targetOf(c), deliveryId };
    const wanted = form.text("do");
    if (wanted === "sign") return signed(c, target);
    const seen = DELIVERY_STATES.find((state) => state === form.text("seen"));
    const done =
      wanted === "hold"
        ? await holdDelivery(writingDeps(c), { ...target, seen }, actOf(c))
        : wanted === "skip" || wanted === "release"
          ? await settleDelivery(writingDeps(c), { ...target, seen }, wanted, actOf(c))
          : await retryDelivery(writingDeps(c), { ...target, seen }, actOf(c));
    if (!done.ok) return undecided(c, done.error, deliveryId);
    const what = wanted === "skip" ? "settled" : wanted === "hold" ? "held" : "retried";
    if (form.text("from") === "blocked") return c.redirect(`${baseOf(c)}/blocked?done=${what}`, 303);
    return c.redirect(`${baseOf(c)}?delivery=${encodeURIComponent(deliveryId)}&done=${what}`, 303);
  });

  routes.post("/webhooks/:id/reveal", async (c) => {
    const form = await ownForm(c, "secrets:reveal");
    if (form instanceof Response) return form;
    const deps = writingDeps(c);
    const endpoint = await readEndpoint(deps.db, targetOf(c));
    if (!endpoint.ok) return failureAnswer(c, endpoint.error);
    const shown =
      endpoint.value.profile === "voicesense"
        ? await revealCompanySecret(deps, targetOf(c).organizationId, actOf(c))
        : await revealSecret(deps, targetOf(c), actOf(c));
    if (!shown.ok) return failureAnswer(c, shown.error);
    return secretPage(c, { shown: { kind: "revealed", secrets: shown.value } });
  });

  routes.post("/webhooks/:id/rotate", async (c) => {
    const form = await ownForm(c, "secrets:write");
    if (form instanceof Response) return form;
    const deps = writingDeps(c);
    const endpoint = await readEndpoint(deps.db, targetOf(c));
    if (!endpoint.ok) return failureAnswer(c, endpoint.error);
    const secret = form.text("secret").trim() || undefined;
    const overlap = Math.min(OVERLAP.max, Math.max(0, Math.floor(Number(form.text("overlap")) || 0) * 1000));
    const done =
      endpoint.value.profile === "voicesense"
        ? await regenerateCompanySecret(deps, targetOf(c).organizationId, { secret, grace: overlap }, actOf(c))
        : await rotateSecret(deps, targetOf(c), { secret, overlap }, actOf(c));
    if (!done.ok) return secretPage(c, { errors: fieldErrorsFrom(c.var.view, done.error, "secret") });
    return secretPage(c, { shown: { kind: "rotated", secrets: [{ value: done.value.secret, until: null }] } });
  });

  routes.post("/webhooks/:id/check", async (c) => {
    const form = await ownForm(c, "endpoints:read");
    if (form instanceof Response) return form;
    // A browser sends line ends as two characters; what was signed had one.
    const received = { headers: form.text("headers"), body: form.text("body").replaceAll("\r\n", "\n") };
    const [checked, props] = await Promise.all([
      checkSignature(c.var.deps, targetOf(c), received, c.var.deps.now()),
      propsOf(c),
    ]);
    if (props instanceof Response) return props;
    if (!checked.ok) return failureAnswer(c, checked.error);
    return pageAnswer(<CheckPage {...props} received={received} finding={checked.value} />);
  });

  return routes;
}

async function change(c: PageContext, options: EndpointOptions, done: string): Promise<Response> {
  const form = await ownForm(c, "endpoints:write");
  if (form instanceof Response) return form;
  const changed = await updateEndpoint(writingDeps(c), targetOf(c), options, actOf(c));
  return changed.ok ? c.redirect(`${baseOf(c)}?done=${done}`, 303) : failureAnswer(c, changed.error);
}

/** Signing needs to see the body, and is as good as sending it. */
async function signed(c: PageContext, target: Parameters<typeof signDeliveryNow>[1]): Promise<Response> {
  for (const permission of ["deliveries:read", "endpoints:write"] as const) {
    const form = await ownForm(c, permission);
    if (form instanceof Response) return form;
  }
  const made = await signDeliveryNow(writingDeps(c), target, actOf(c));
  return made.ok ? deliveriesPage(c, curlOf(made.value)) : failureAnswer(c, made.error);
}

/** What became of a delivery meanwhile leads to it, where it can be sent again on purpose. */
function undecided(c: PageContext, error: DomainError, deliveryId: string): Promise<Response> {
  if (error.kind !== "conflict") return failureAnswer(c, error);
  const { view } = c.var;
  const words = wordsOf(webhookPageWords, view.language);
  const href = `${baseOf(c)}?delivery=${encodeURIComponent(deliveryId)}#delivery`;
  const title = wordsOf(stateWords, view.language).refusedTitle;
  const text = `${refusalText(error, view.language)} ${words.sendOnPurpose}`;
  return messageAnswer(view, 409, { title, text, href, link: words.toDelivery });
}

function targetOf(c: PageContext): { organizationId: string; id: string } {
  return { organizationId: c.var.visitor.caller.organizationId, id: c.req.param("id") ?? "" };
}

function baseOf(c: PageContext): string {
  return `/dashboard/webhooks/${c.req.param("id") ?? ""}`;
}
