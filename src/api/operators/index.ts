import { newRouter } from "../router";
import { mergeRoutes } from "./merges";
import { referenceRoutes } from "./references";
import { resourceRoutes } from "./resource";

/** `/v1/operators` */
export function operatorRoutes() {
  return newRouter().route("/", resourceRoutes()).route("/", referenceRoutes()).route("/", mergeRoutes());
}
