import { Hono, type Context } from "hono";
import { z } from "zod";
import {
  listEndpoints,
  listReveals,
  MAX_ENDPOINTS,
  nameOfEndpoint,
  replayEndpoint,
  type ReplayQuery,
} from "../../delivery";
import { may } from "../../identity";
import { pageAnswer } from "../../ui/layout/page";
import { webhookPageWords } from "../../ui/strings/webhook";
import { wordsOf } from "../../ui/strings/define";
import { AskPage } from "../ask-page";
import { addDays, startOfDay } from "../days";
import { actOf, type DashboardEnv } from "../deps";
import { failureAnswer, needs, seenOf } from "../forms";
import { frameOf, readWhole } from "../frame";
import { BlockedPage } from "./blocked-page";
import { CheckPage } from "./check-page";
import { DeliveriesPage, DELIVERY_STATES } from "./deliveries-page";
import { fieldsOf } from "./form";
import { WebhookHealthPage } from "./health-page";
import { previewOf } from "./preview";
import { readBlocked, readDeliveries, readWebhook, type DeliveryQuery } from "./read";
import { ReceiverPage, receiverLanguageIn } from "./receiver-page";
import { ReplayWebhookPage, type ReplayChoice } from "./replay-page";
import { WebhookSecretPage } from "./secret-page";
import { WebhookSettingsPage } from "./settings-page";
import type { WebhookPageProps } from "./webhook-page";

type PageContext = Context<DashboardEnv>;
const MOST_REVEALS = 10;

/** The pages of one webhook. */
export function oneWebhookRoutes() {
  const routes = new Hono<DashboardEnv>();

  routes.get("/webhooks/:id", (c) => deliveriesPage(c, null));

  routes.get("/webhooks/:id/blocked", needs("deliveries:list"), async (c) => {
    const { deps, visitor } = c.var;
    const props = await propsOf(c);
    if (props instanceof Response) return props;
    const after = blockedAfter.parse(c.req.query("after"));
    const list = await readBlocked(deps, visitor.caller, props.parts.endpoint, after);
    return pageAnswer(<BlockedPage {...props} list={list} isLater={after !== undefined} />);
  });

  routes.get("/webhooks/:id/settings", needs("endpoints:write"), async (c) => {
    const props = await propsOf(c);
    if (props instanceof Response) return props;
    const fields = fieldsOf(props.parts.endpoint);
    const preview = await previewOf(c.var.view, props.parts.endpoint.profile, fields);
    const seen = await seenOf(fields);
    const filled = { fields, seen, errors: [], differences: [], preview };
    return pageAnswer(<WebhookSettingsPage {...props} {...filled} />);
  });

  routes.get("/webhooks/:id/secret", (c) => secretPage(c, {}));

  routes.get("/webhooks/:id/receiver", async (c) => {
    const props = await propsOf(c);
    if (props instanceof Response) return props;
    return pageAnswer(<ReceiverPage {...props} chosen={receiverLanguageIn(c.req.query("in"))} />);
  });

  routes.get("/webhooks/:id/check", async (c) => {
    const props = await propsOf(c);
    if (props instanceof Response) return props;
    return pageAnswer(<CheckPage {...props} received={{ headers: "", body: "" }} finding={null} />);
  });

  routes.get("/webhooks/:id/health", async (c) => {
    const props = await propsOf(c);
    return props instanceof Response ? props : pageAnswer(<WebhookHealthPage {...props} />);
  });

  routes.get("/webhooks/:id/replay", needs("deliveries:write"), async (c) => {
    const props = await propsOf(c);
    if (props instanceof Response) return props;
    const { endpoint } = props.parts;
    const choice = replayChoiceOf(c, (name) => c.req.query(name) ?? "");
    const target = { organizationId: endpoint.organizationId, id: endpoint.id };
    const counted = await replayEndpoint(c.var.deps, target, replayQueryOf(c, choice), { dryRun: true }, actOf(c));
    if (!counted.ok) return failureAnswer(c, counted.error);
    const { view, frame } = props;
    return pageAnswer(
      <ReplayWebhookPage
        view={view}
        frame={frame}
        endpoint={endpoint}
        choice={choice}
        matched={counted.value.matched}
      />,
    );
  });

  routes.get("/webhooks/:id/delete", needs("endpoints:write"), async (c) => {
    const props = await propsOf(c);
    if (props instanceof Response) return props;
    const words = wordsOf(webhookPageWords, c.var.view.language);
    const { endpoint, health } = props.parts;
    const waiting = health?.backlog ?? 0;
    const back = { href: `/dashboard/webhooks/${endpoint.id}/settings`, title: words.cancel };
    return pageAnswer(
      <AskPage {...props} current="webhooks" title={words.removeTitle} back={back} go={words.remove} danger>
        <p dir="auto">
          {words.removeText(nameOfEndpoint(endpoint))}{" "}
          {waiting > 0 && words.removeWaiting(c.var.view.formats.number(waiting))}
        </p>
      </AskPage>,
    );
  });

  routes.get("/webhooks/:id/deliveries/:delivery/skip", needs("deliveries:write"), async (c) => {
    const props = await propsOf(c);
    if (props instanceof Response) return props;
    const words = wordsOf(webhookPageWords, c.var.view.language);
    const { endpoint } = props.parts;
    const deliveryId = c.req.param("delivery") ?? "";
    const entry = await c.var.deps.endpointObjects.delivery(endpoint, deliveryId);
    const base = `/dashboard/webhooks/${endpoint.id}`;
    const isFromBlocked = c.req.query("from") === "blocked";
    const origin = isFromBlocked ? `${base}/blocked` : `${base}?delivery=${encodeURIComponent(deliveryId)}`;
    if (!entry) return c.redirect(origin, 303);
    const back = { href: origin, title: words.cancel };
    const fields = { do: "skip", seen: entry.state, ...(isFromBlocked && { from: "blocked" }) };
    const asked = { action: `${base}/deliveries/${deliveryId}`, fields, back, go: words.skip };
    return pageAnswer(
      <AskPage {...props} {...asked} current="webhooks" title={words.skipTitle} danger>
        <p dir="auto">{words.skipText(nameOfEndpoint(endpoint), entry.type)}</p>
      </AskPage>,
    );
  });

  return routes;
}

/** What every page of one webhook needs, or the answer where there is no such webhook. */
export async function propsOf(c: PageContext): Promise<WebhookPageProps | Response> {
  const { deps, view, visitor } = c.var;
  const [parts, whole] = await Promise.all([
    readWebhook(deps, visitor.caller, c.req.param("id") ?? ""),
    readWhole(deps.db, visitor),
  ]);
  if (!parts.ok) return failureAnswer(c, parts.error);
  const { caller } = visitor;
  return { view, frame: frameOf(view, visitor, whole), caller, parts: parts.value, toast: toastOf(c) };
}

/** The page of deliveries; without the right to see them, that of the figures. */
export async function deliveriesPage(c: PageContext, signed: string | null): Promise<Response> {
  const { deps, visitor } = c.var;
  const props = await propsOf(c);
  if (props instanceof Response) return props;
  if (!may(visitor.caller, "deliveries:list")) return pageAnswer(<WebhookHealthPage {...props} />);
  const asked = deliveryQueryOf(c);
  const list = await readDeliveries(deps, visitor.caller, props.parts.endpoint, asked);
  return pageAnswer(<DeliveriesPage {...props} asked={asked} list={list} signed={signed} />);
}

export async function secretPage(
  c: PageContext,
  { shown = null, errors = [] }: Partial<Pick<Parameters<typeof WebhookSecretPage>[0], "shown" | "errors">>,
): Promise<Response> {
  const { deps, visitor } = c.var;
  const { organizationId } = visitor.caller;
  const [props, reveals, endpoints] = await Promise.all([
    propsOf(c),
    may(visitor.caller, "secrets:list")
      ? listReveals(deps.db, { organizationId, endpointId: c.req.param("id") ?? "", limit: MOST_REVEALS })
      : [],
    listEndpoints(deps.db, { organizationId, limit: MAX_ENDPOINTS }),
  ]);
  if (props instanceof Response) return props;
  const { profile } = props.parts.endpoint;
  const sharing = endpoints.filter((one) => one.profile === profile).length;
  const status = errors.length > 0 ? 422 : 200;
  return pageAnswer(<WebhookSecretPage {...props} {...{ shown, errors, reveals, sharing }} />, status);
}

const deliveryQuery = z.object({
  state: z
    .enum(DELIVERY_STATES as ["pending"])
    .optional()
    .catch(undefined),
  call: z.string().min(1).max(200).optional().catch(undefined),
  delivery: z.string().min(1).max(200).optional().catch(undefined),
  before: z
    .string()
    .regex(/^\d{1,15}\.\w{1,100}$/)
    .transform((text) => ({ enqueuedAt: Number(text.split(".")[0]), deliveryId: text.split(".")[1] ?? "" }))
    .optional()
    .catch(undefined),
});

/** The lane that the page before ended with: its arrival in microseconds (16 digits until 2286), and its delivery. */
const blockedAfter = z
  .string()
  .regex(/^\d{1,16}\.\w{1,100}$/)
  .transform((text) => ({ arrival: Number(text.split(".")[0]), deliveryId: text.split(".")[1] ?? "" }))
  .optional()
  .catch(undefined);

function deliveryQueryOf(c: PageContext): DeliveryQuery {
  const { delivery } = c.req.param() as { delivery?: string };
  return deliveryQuery.parse({ ...c.req.query(), ...(delivery === undefined ? {} : { delivery }) });
}

const DAY_TEXT = /^\d{4}-\d{2}-\d{2}$/;

/** What is to be sent again. Everything is asked for from a day on, today if none is said. */
export function replayChoiceOf(c: PageContext, textOf: (name: string) => string): ReplayChoice {
  const { formats, now } = c.var.view;
  const day = (name: string) => (DAY_TEXT.test(textOf(name)) ? textOf(name) : "");
  const what = textOf("what") === "everything" ? "everything" : "parked";
  return { what, since: day("since") || (what === "everything" ? formats.isoDay(now) : ""), until: day("until") };
}

export function replayQueryOf(c: PageContext, { what, since, until }: ReplayChoice): ReplayQuery {
  const { formats } = c.var.view;
  return {
    ...(what === "parked" ? { state: "parked" } : {}),
    ...(since === "" ? {} : { from: startOfDay(since, formats) }),
    ...(until === "" ? {} : { to: startOfDay(addDays(until, 1), formats) }),
  };
}

const DONE = { paused: "isPaused", resumed: "isResumed", enabled: "isEnabled", saved: "isSaved" } as const;
const DONE_WITH_DELIVERY = {
  tested: "tested",
  refused: "testFailed",
  retried: "retried",
  settled: "isSettled",
  held: "isHeld",
} as const;

function toastOf(c: PageContext): WebhookPageProps["toast"] {
  const words = wordsOf(webhookPageWords, c.var.view.language);
  const { done = "", count = "" } = c.req.query();
  if ((done === "replayed" || done === "retriedAll") && /^\d{1,6}$/.test(count)) {
    const number = c.var.view.formats.number(Number(count));
    return { done, tone: "good", text: done === "replayed" ? words.replayDone(number) : words.retriedAll(number) };
  }
  const known = { ...DONE, ...DONE_WITH_DELIVERY };
  if (!Object.hasOwn(known, done)) return null;
  return { done, tone: done === "refused" ? "attention" : "good", text: words[known[done as keyof typeof known]] };
}
