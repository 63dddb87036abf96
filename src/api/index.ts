import { OpenAPIHono } from "@hono/zod-openapi";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { every } from "hono/combine";
import { createMiddleware } from "hono/factory";
import { HTTPException } from "hono/http-exception";
import { adminRoutes } from "./admin";
import { newAnalysisRoutes } from "./analyses/create";
import { analysisRoutes } from "./analyses/resource";
import { apiKeyRoutes } from "./api-keys";
import { audianWebhookRoutes } from "./audian-webhooks";
import { auditLogRoutes } from "./audit-log";
import { requireAdmin, requireCaller } from "./authenticate";
import { bulkRoutes } from "./bulk";
import { jobRoutes } from "./bulk/jobs";
import { callRoutes } from "./calls";
import { campaignRoutes } from "./campaigns";
import { countRequests } from "./count-requests";
import { forgetTypeOfNothing } from "./empty-body";
import { refuseEncodedBody } from "./encoded-body";
import { connectorRoutes } from "./connectors";
import { endpointRoutes } from "./endpoints";
import { companySecretRoutes } from "./endpoints/company-secret";
import { eventStreamRoutes } from "./events/stream";
import { eventTypeRoutes } from "./endpoints/event-types";
import { integrationRoutes } from "./integrations";
import { keySetRoutes } from "./endpoints/key-sets";
import { secretRevealRoutes } from "./endpoints/secret-reveals";
import { engineRoutes } from "./engines";
import { externalApiRoutes } from "./external-api";
import { inboundRoutes } from "./inbound";
import { takeInternal } from "./internal-requests";
import { meRoutes } from "./me";
import { refuseOtherMethods } from "./methods";
import { openToSites } from "./cors";
import { idempotent, idempotentUpload } from "./idempotency";
import { requireMatch } from "./if-match";
import { shapeReads } from "./read-answers";
import { OWN_PATHS, serveDocument } from "./document";
import { engineAnswerRoutes } from "./engine-answers";
import { operatorRoutes } from "./operators";
import { pathOf } from "./path";
import { onError, onInvalidInput } from "./problem";
import { quarantineRoutes } from "./quarantine";
import { showQuota } from "./quota";
import { erasureRoutes } from "./privacy/erasures";
import { legalHoldRoutes } from "./privacy/holds";
import { retentionRoutes } from "./privacy/retention";
import { acceptRoutes } from "./people/accept";
import { invitationRoutes } from "./people/invitations";
import { memberRoutes } from "./people/members";
import { ownOrganizationSettingRoutes } from "./people/organization";
import { passwordResetRoutes } from "./people/password-resets";
import { playbackRoutes, recordingRoutes } from "./recordings/resource";
import { reportScheduleRoutes } from "./report-schedules";
import { reportRoutes } from "./reports";
import { requestId } from "./request-id";
import { newRouter, type ApiDeps, type ApiEnv } from "./router";
import { searchRoutes } from "./search";
import { sourceRoutes } from "./sources";
import { sourceKindRoutes } from "./sources/kinds";
import { sourceMappingRoutes } from "./sources/try-out";
import { reviewerRoutes } from "./reviewers";
import { reviewRoutes } from "./reviews";
import { alertRoutes } from "./alerts";
import { ruleRoutes } from "./rules";
import { scorecardRoutes } from "./scorecards";
import { policyRoutes } from "./service-levels/policies";
import { violationRoutes } from "./service-levels/violations";
import { spendRoutes } from "./spend";
import { taskRoutes } from "./tasks";
import { tagRoutes } from "./tags";
import { tokenIssuerRoutes } from "./tokens/issuers";
import { tokenRoutes } from "./tokens/tokens";
import { teamRoutes } from "./teams";
import { receivingRoutes, testReceiverRoutes } from "./test-receivers";
import { partUploadRoutes, uploadRoutes } from "./uploads";
import { sampleRoutes } from "./samples";
import { usageRoutes } from "./usage";

export { onNotFoundIn } from "./methods";
export { pathOf } from "./path";
export { healthzAnswer } from "./healthz";
export { onError } from "./problem";
export { requestIdOf } from "./request-id";
export type { ApiDeps } from "./router";

/** The routes that an API key with full rights opens, in the order of the document. */
const V1 = {
  "/me": meRoutes,
  "/campaigns": campaignRoutes,
  "/operators": operatorRoutes,
  "/calls": callRoutes,
  "/search": searchRoutes,
  "/tags": tagRoutes,
  "/bulk": bulkRoutes,
  "/jobs": jobRoutes,
  "/erasures": erasureRoutes,
  "/legal-holds": legalHoldRoutes,
  "/retention": retentionRoutes,
  "/quarantine": quarantineRoutes,
  "/recordings": recordingRoutes,
  "/tasks": taskRoutes,
  "/teams": teamRoutes,
  "/scorecards": scorecardRoutes,
  "/reviews": reviewRoutes,
  "/reviewers": reviewerRoutes,
  "/sla-policies": policyRoutes,
  "/sla-violations": violationRoutes,
  "/rules": ruleRoutes,
  "/alerts": alertRoutes,
  "/analyses": analysisRoutes,
  "/events": eventStreamRoutes,
  "/engines": engineRoutes,
  "/spend": spendRoutes,
  "/endpoints": endpointRoutes,
  "/webhooks": endpointRoutes,
  "/company-secret": companySecretRoutes,
  "/secret-reveals": secretRevealRoutes,
  "/organization": ownOrganizationSettingRoutes,
  "/members": memberRoutes,
  "/invitations": invitationRoutes,
  "/api-keys": apiKeyRoutes,
  "/audit-log": auditLogRoutes,
  "/tokens": tokenRoutes,
  "/token-issuers": tokenIssuerRoutes,
  "/reports": reportRoutes,
  "/report-schedules": reportScheduleRoutes,
  "/usage": usageRoutes,
  "/samples": sampleRoutes,
  "/integrations": integrationRoutes,
  "/sources": sourceRoutes,
  "/source-mappings": sourceMappingRoutes,
  "/source-kinds": sourceKindRoutes,
  "/connectors": connectorRoutes,
  "/inbound": inboundRoutes,
  "/event-types": eventTypeRoutes,
  "/test-receivers": testReceiverRoutes,
};

/** Audian's own path for endpoints. */
const V2 = { "/webhooks": audianWebhookRoutes };

// In bytes. No body of the API comes near it.
const MAX_BODY_BYTES = 256 * 1024;

/** The REST API. `makeDeps` gives the deps of each request. */
export function apiRoutes(makeDeps: (env: Env) => ApiDeps): OpenAPIHono<ApiEnv> {
  const app = new OpenAPIHono<ApiEnv>({ defaultHook: onInvalidInput, getPath: pathOf });
  app.onError(onError);
  const setDeps = createMiddleware<ApiEnv>(async (c, next) => {
    c.set("deps", makeDeps(c.env));
    await next();
  });
  const [keyed, keyedUpload] = [idempotent(() => app), idempotentUpload(() => app)];
  const prepare = every(
    takeInternal,
    requestId,
    showQuota,
    setDeps,
    openToSites,
    refuseOtherMethods(() => app),
    shapeReads(() => app),
    requireMatch(() => app),
  );

  // Before /v1: an upload is larger than any other body, and a key limited to a campaign may send one.
  app.use("/v1/uploads/*", prepare, refuseEncodedBody);
  app.route("/v1/uploads", uploadRoutes(keyedUpload));
  app.on("POST", "/v1/analyses", prepare, refuseEncodedBody);
  app.route("/v1/analyses", newAnalysisRoutes({ file: keyedUpload, named: every(limitBody, keyed) }));
  app.use("/v1/part-uploads/*", prepare, refuseEncodedBody);
  app.use("/v1/part-uploads", limitBody);
  app.route("/v1/part-uploads", partUploadRoutes());
  app.use("/v1/invitations/accept", prepare, refuseEncodedBody, limitBody);
  app.route("/v1/invitations", acceptRoutes());
  app.use("/v1/password-resets/*", prepare, refuseEncodedBody, limitBody);
  app.route("/v1/password-resets", passwordResetRoutes());
  app.use("/upload/*", prepare, refuseEncodedBody);
  for (const path of ["/audit/*", "/tasks/*", "/agent-identification/*", "/speaker-analysis/*", "/tags/*"])
    app.use(path, prepare, refuseEncodedBody, limitBody);
  app.route("/", externalApiRoutes(keyedUpload));

  for (const [version, groups] of Object.entries({ "/v1": V1, "/v2": V2 })) {
    const router = newRouter();
    router.use(prepare, refuseEncodedBody, limitBody, forgetTypeOfNothing, countRequests, requireCaller, keyed);
    for (const [path, routes] of Object.entries(groups)) router.route(path, routes());
    app.route(version, router);
  }

  const admin = adminRoutes();
  for (const path of ["/admin/*", "/operator/*"])
    app.use(path, prepare, refuseEncodedBody, limitBody, requireAdmin, keyed);
  app.route("/admin", admin);
  // The former name of the admin's routes: the same handlers, left out of the document.
  app.route("/operator", new Hono<ApiEnv>().route("/", admin));

  for (const path of ["/recordings/*", "/webhooks/*", "/test-receivers/*", "/engine-answers/*", ...OWN_PATHS])
    app.use(path, prepare);
  app.route("/recordings", playbackRoutes());
  app.route("/webhooks", keySetRoutes());
  app.use("/test-receivers/*", limitBody);
  app.route("/test-receivers", receivingRoutes());
  app.route("/engine-answers", engineAnswerRoutes());
  serveDocument(app);
  return app;
}

const limitBody = bodyLimit({
  maxSize: MAX_BODY_BYTES,
  onError: () => {
    throw new HTTPException(413, { message: `The body is larger than ${MAX_BODY_BYTES / 1024} kB.` });
  },
});
