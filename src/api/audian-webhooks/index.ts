import { newRouter } from "../router";
import { operationRoutes } from "./operations";
import { resourceRoutes } from "./resource";

/** `/v2/webhooks`, as in Audian's documentation. */
export function audianWebhookRoutes() {
  return newRouter().route("/", resourceRoutes()).route("/", operationRoutes());
}
