import { newRouter } from "../router";
import { actRoutes } from "./acts";
import { printedBody } from "./printed-body";
import { resourceRoutes } from "./resource";
import { signInRoutes } from "./sign-in";
import { tryRoutes } from "./try";

/** `/v1/connectors` */
export function connectorRoutes() {
  const router = newRouter();
  router.use(printedBody);
  return router.route("/", resourceRoutes()).route("/", actRoutes()).route("/", signInRoutes()).route("/", tryRoutes());
}
