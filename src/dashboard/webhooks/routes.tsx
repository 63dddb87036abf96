import { Hono, type Context } from "hono";
import {
  createEndpoint,
  listEndpoints,
  MAX_ENDPOINTS,
  readEndpoint,
  readHealth,
  readUndelivered,
  troubleOf,
} from "../../delivery";
import { may } from "../../identity";
import { DAY } from "../../lib/time";
import type { FieldErrors } from "../../ui/components/form";
import { pageAnswer } from "../../ui/layout/page";
import { PAGE_HEADERS } from "../../ui/security";
import { actOf, writingDeps, type DashboardEnv } from "../deps";
import { fieldErrorsFrom, idOfForm, needs, newOnce, ownForm } from "../forms";
import { frameOf, readWhole } from "../frame";
import { webhookActRoutes } from "./act-routes";
import { CreatedWebhookPage } from "./created-page";
import { BLANK, fieldsFrom, fieldsNamed, optionsFrom, type WebhookFields } from "./form";
import { formatIn } from "./formats";
import { WebhookListPage } from "./list-page";
import { NewWebhookPage } from "./new-page";
import { oneWebhookRoutes } from "./one-routes";
import { previewOf } from "./preview";
import { testReceiverRoutes } from "./test-receiver-routes";

/** `/dashboard/webhooks` */
export function webhookRoutes() {
  const routes = new Hono<DashboardEnv>();

  for (const path of ["/webhooks", "/webhooks/*"]) routes.use(path, needs("endpoints:read"));

  routes.get("/webhooks", async (c) => {
    const { deps, view, visitor } = c.var;
    const { organizationId } = visitor.caller;
    const [endpoints, health, whole] = await Promise.all([
      listEndpoints(deps.db, { organizationId, limit: MAX_ENDPOINTS }),
      readHealth(deps.db, { organizationId, since: view.now - DAY }),
      readWhole(deps.db, visitor),
    ]);
    const of = new Map(health.map((one) => [one.endpointId, one]));
    const undelivered = await readUndelivered(
      deps.db,
      endpoints.map(({ id }) => id),
    );
    return pageAnswer(
      <WebhookListPage
        view={view}
        frame={frameOf(view, visitor, whole)}
        rows={endpoints.map((endpoint) => {
          const own = of.get(endpoint.id);
          return { endpoint, health: own, trouble: troubleOf(endpoint, own, undelivered.get(endpoint.id)) };
        })}
        mayCreate={may(visitor.caller, "endpoints:write")}
        mayTest={may(visitor.caller, "receivers:write")}
      />,
    );
  });

  routes.route("/", testReceiverRoutes());

  routes.use("/webhooks/new", needs("endpoints:write"));
  routes.get("/webhooks/new", async (c) => {
    const profile = formatIn(c.req.query("format"));
    return newPage(c, { profile, fields: BLANK, errors: [], once: newOnce() });
  });

  routes.post("/webhooks/preview", async (c) => {
    const form = await ownForm(c, "endpoints:write");
    if (form instanceof Response) return form;
    const preview = await previewOf(c.var.view, formatIn(form.text("format")), fieldsFrom(form));
    return new Response(String(preview), { headers: PAGE_HEADERS });
  });

  routes.post("/webhooks", async (c) => {
    const form = await ownForm(c, "endpoints:write");
    if (form instanceof Response) return form;
    const { view, visitor } = c.var;
    const [fields, once, chosen] = [fieldsFrom(form), form.text("once"), form.text("choose")];
    const profile = formatIn(chosen === "" ? form.text("format") : chosen);
    // Another format: what is wrong so far is said when the webhook is made.
    if (chosen !== "") return newPage(c, { profile, fields, errors: [], once });
    const { options, errors } = optionsFrom(fields, view.language);
    if (form.text("do") === "preview" || errors.length > 0) return newPage(c, { profile, fields, errors, once });
    const { organizationId } = visitor.caller;
    const id = await idOfForm("wh", organizationId, once);
    if ((await readEndpoint(c.var.plain.db, { organizationId, id })).ok)
      return c.redirect(`/dashboard/webhooks/${id}`, 303);
    const made = await createEndpoint(writingDeps(c), { ...options, organizationId, profile, id }, actOf(c));
    if (!made.ok)
      return newPage(c, { profile, fields, errors: fieldsNamed(fieldErrorsFrom(c.var.view, made.error, "url")), once });
    const frame = frameOf(view, visitor, await readWhole(c.var.deps.db, visitor));
    return pageAnswer(
      <CreatedWebhookPage view={view} frame={frame} endpoint={made.value.row} secret={made.value.secret} />,
    );
  });

  routes.route("/", oneWebhookRoutes());
  routes.route("/", webhookActRoutes());
  return routes;
}

type Filled = {
  profile: ReturnType<typeof formatIn>;
  fields: WebhookFields;
  errors: FieldErrors;
  once: string;
};

async function newPage(c: Context<DashboardEnv>, filled: Filled): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const [preview, whole] = await Promise.all([
    previewOf(view, filled.profile, filled.fields),
    readWhole(deps.db, visitor),
  ]);
  const frame = frameOf(view, visitor, whole);
  const status = filled.errors.length > 0 ? 422 : 200;
  return pageAnswer(<NewWebhookPage view={view} frame={frame} {...filled} preview={preview} />, status);
}
