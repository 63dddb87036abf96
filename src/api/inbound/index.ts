import { newRouter } from "../router";
import { logRoutes } from "./log";
import { replayRoutes } from "./replay";

/** `/v1/inbound` */
export function inboundRoutes() {
  return newRouter().route("/", logRoutes()).route("/", replayRoutes());
}
