import { newRouter } from "../router";
import { healthRoutes } from "./health";
import { resourceRoutes } from "./resource";
import { secretRoutes } from "./secrets";

/** `/v1/sources` */
export function sourceRoutes() {
  return newRouter().route("/", resourceRoutes()).route("/", secretRoutes()).route("/", healthRoutes());
}
