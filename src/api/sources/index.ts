import { newRouter } from "../router";
import { sourceGuideRoutes } from "./guide";
import { healthRoutes } from "./health";
import { reconciliationRoutes } from "./reconciliations";
import { resourceRoutes } from "./resource";
import { secretRoutes } from "./secrets";
import { sourceSampleRoutes } from "./samples";
import { sourceTryRoutes } from "./try-out";

/** `/v1/sources` */
export function sourceRoutes() {
  return newRouter()
    .route("/", resourceRoutes())
    .route("/", secretRoutes())
    .route("/", healthRoutes())
    .route("/", sourceTryRoutes())
    .route("/", sourceSampleRoutes())
    .route("/", sourceGuideRoutes())
    .route("/", reconciliationRoutes());
}
