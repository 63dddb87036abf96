import { OpenAPIHono } from "@hono/zod-openapi";
import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import { HTTPException } from "hono/http-exception";
import { analysisRoutes } from "./analyses";
import { apiKeyRoutes } from "./api-keys";
import { requireApiKey, requireOperator } from "./authenticate";
import { callRoutes } from "./calls";
import { campaignRoutes } from "./campaigns";
import { endpointRoutes } from "./endpoints";
import { eventTypeRoutes } from "./event-types";
import { inboundRoutes } from "./inbound";
import { serveDocument } from "./openapi";
import { operatorRoutes } from "./operators";
import { organizationRoutes } from "./organizations";
import { onError, onInvalidInput } from "./problem";
import { playbackRoutes, recordingRoutes } from "./recordings";
import { newRouter, type ApiDeps, type ApiEnv } from "./router";
import { sourceRoutes } from "./sources";
import { taskRoutes } from "./tasks";

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
  app.use("/openapi.json", prepare);

  const v1 = newRouter();
  v1.use(prepare, limitBody, requireApiKey);
  v1.route("/campaigns", campaignRoutes());
  v1.route("/operators", operatorRoutes());
  v1.route("/calls", callRoutes());
  v1.route("/recordings", recordingRoutes());
  v1.route("/tasks", taskRoutes());
  v1.route("/analyses", analysisRoutes());
  v1.route("/endpoints", endpointRoutes());
  v1.route("/webhooks", endpointRoutes());
  v1.route("/api-keys", apiKeyRoutes());
  v1.route("/sources", sourceRoutes());
  v1.route("/inbound", inboundRoutes());
  v1.route("/event-types", eventTypeRoutes());

  app.route("/v1", v1);
  app.route("/operator", organizationRoutes());
  app.route("/recordings", playbackRoutes());
  serveDocument(app);
  return app;
}

const limitBody = bodyLimit({
  maxSize: MAX_BODY_BYTES,
  onError: () => {
    throw new HTTPException(413, { message: `The body is larger than ${MAX_BODY_BYTES / 1024} kB.` });
  },
});
