import { OpenAPIHono } from "@hono/zod-openapi";
import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import { HTTPException } from "hono/http-exception";
import { analysisRoutes } from "./analyses/resource";
import { apiKeyRoutes } from "./api-keys";
import { audianWebhookRoutes } from "./audian-webhooks";
import { requireApiKey, requireOperator } from "./authenticate";
import { callCampaignRoutes } from "./calls/campaign";
import { callReplayRoutes } from "./calls/replay";
import { callRoutes } from "./calls/resource";
import { campaignRoutes } from "./campaigns";
import { companySecretRoutes } from "./endpoints/company-secret";
import { forgetTypeOfNothing } from "./empty-body";
import { endpointRoutes } from "./endpoints";
import { eventTypeRoutes } from "./endpoints/event-types";
import { externalApiRoutes } from "./external-api";
import { inboundRoutes, operatorInboundRoutes } from "./inbound";
import { keySetRoutes } from "./endpoints/key-sets";
import { serveDocument } from "./openapi";
import { operatorRoutes } from "./operators";
import { organizationRoutes } from "./admin/organizations";
import { onError, onInvalidInput } from "./problem";
import { reconciliationRoutes } from "./sources/reconciliations";
import { playbackRoutes, recordingRoutes } from "./recordings/resource";
import { quarantineRoutes } from "./quarantine";
import { newRouter, type ApiDeps, type ApiEnv } from "./router";
import { secretRevealRoutes } from "./endpoints/secret-reveals";
import { sourceGuideRoutes } from "./sources/guide";
import { sourceKindRoutes } from "./sources/kinds";
import { sourceMappingRoutes, sourceTryRoutes } from "./sources/try-out";
import { sourceRoutes } from "./sources";
import { taskRoutes } from "./tasks";
import { uploadRoutes } from "./uploads";

export { onError, onNotFound } from "./problem";
export type { ApiDeps } from "./router";

// No body of the API comes near it.
const MAX_BODY_BYTES = 256 * 1024;

/** The REST API. `makeDeps` gives each request what it needs of the world. */
export function apiRoutes(makeDeps: (env: Env) => ApiDeps): OpenAPIHono<ApiEnv> {
  const app = new OpenAPIHono<ApiEnv>({ defaultHook: onInvalidInput });
  app.onError(onError);
  const prepare = createMiddleware<ApiEnv>(async (c, next) => {
    c.set("deps", makeDeps(c.env));
    await next();
  });
  app.use("/operator/*", prepare, limitBody, requireOperator);
  app.use("/recordings/*", prepare);
  app.use("/webhooks/*", prepare);
  app.use("/openapi.json", prepare);

  // Before /v1: an upload is larger than any other body, and a key limited to a campaign may send one.
  app.use("/v1/uploads/*", prepare);
  app.route("/v1/uploads", uploadRoutes());
  app.use("/upload/*", prepare);
  app.use("/tasks/*", prepare, limitBody);
  for (const path of ["/agent-identification/*", "/speaker-analysis/*", "/tags/*"]) app.use(path, prepare, limitBody);
  app.route("/", externalApiRoutes());

  const v1 = newRouter();
  v1.use(prepare, limitBody, forgetTypeOfNothing, requireApiKey);
  v1.route("/campaigns", campaignRoutes());
  v1.route("/operators", operatorRoutes());
  v1.route("/calls", callRoutes());
  v1.route("/calls", callReplayRoutes());
  v1.route("/calls", callCampaignRoutes());
  v1.route("/quarantine", quarantineRoutes());
  v1.route("/recordings", recordingRoutes());
  v1.route("/tasks", taskRoutes());
  v1.route("/analyses", analysisRoutes());
  v1.route("/endpoints", endpointRoutes());
  v1.route("/webhooks", endpointRoutes());
  v1.route("/company-secret", companySecretRoutes());
  v1.route("/secret-reveals", secretRevealRoutes());
  v1.route("/api-keys", apiKeyRoutes());
  v1.route("/sources", sourceRoutes());
  v1.route("/sources", sourceTryRoutes());
  v1.route("/source-mappings", sourceMappingRoutes());
  v1.route("/sources", sourceGuideRoutes());
  v1.route("/sources", reconciliationRoutes());
  v1.route("/source-kinds", sourceKindRoutes());
  v1.route("/inbound", inboundRoutes());
  v1.route("/event-types", eventTypeRoutes());

  // Audian's own address for what is an endpoint here.
  const v2 = newRouter();
  v2.use(prepare, limitBody, forgetTypeOfNothing, requireApiKey);
  v2.route("/webhooks", audianWebhookRoutes());

  app.route("/v1", v1);
  app.route("/v2", v2);
  app.route("/operator", organizationRoutes());
  app.route("/operator", operatorInboundRoutes());
  app.route("/recordings", playbackRoutes());
  app.route("/webhooks", keySetRoutes());
  serveDocument(app);
  return app;
}

const limitBody = bodyLimit({
  maxSize: MAX_BODY_BYTES,
  onError: () => {
    throw new HTTPException(413, { message: `The body is larger than ${MAX_BODY_BYTES / 1024} kB.` });
  },
});
