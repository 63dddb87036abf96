import { callActionRoutes } from "../actions";
import { newRouter } from "../router";
import { callCampaignRoutes } from "./campaign";
import { commentRoutes } from "./comments";
import { callErasureRoutes } from "./erase";
import { callReplayRoutes } from "./replay";
import { callListRoutes } from "./list";
import { resourceRoutes } from "./resource";
import { callTagRoutes } from "./tags";
import { transcriptRoutes } from "./transcript";

/** `/v1/calls` */
export function callRoutes() {
  return newRouter()
    .route("/", callListRoutes())
    .route("/", resourceRoutes())
    .route("/", callReplayRoutes())
    .route("/", callCampaignRoutes())
    .route("/", callErasureRoutes())
    .route("/", callTagRoutes())
    .route("/", commentRoutes())
    .route("/", transcriptRoutes())
    .route("/", callActionRoutes());
}
