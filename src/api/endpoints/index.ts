import { newRouter } from "../router";
import { controlRoutes } from "./controls";
import { decisionRoutes } from "./decisions";
import { healthRoutes } from "./health";
import { logRoutes } from "./log";
import { replayRoutes } from "./replay";
import { resourceRoutes } from "./resource";
import { secretRoutes } from "./secrets";
import { tryOutRoutes } from "./try-out";
import { verifyRoutes } from "./verify";

export { replayOptions } from "./replay";
export { revealed, viewSecrets } from "./secrets";

/** `/v1/endpoints`, and the same under `/v1/webhooks`. Fixed names come before `/{id}`. */
export function endpointRoutes() {
  return newRouter()
    .route("/", healthRoutes())
    .route("/", tryOutRoutes())
    .route("/", verifyRoutes())
    .route("/", resourceRoutes())
    .route("/", controlRoutes())
    .route("/", secretRoutes())
    .route("/", logRoutes())
    .route("/", decisionRoutes())
    .route("/", replayRoutes());
}
