import { newRouter } from "../router";
import { healthRoutes } from "./health";
import { unownedInboundRoutes } from "./inbound";
import { masterKeyRoutes } from "./master-keys";
import { organizationRoutes } from "./organizations";
import { ownerInvitationRoutes } from "./owner-invitations";
import { searchIndexRoutes } from "./search";
import { waveformBackfillRoutes } from "./waveforms";

/** `/admin`: for the owner of the deployment. */
export function adminRoutes() {
  return newRouter()
    .route("/", organizationRoutes())
    .route("/", ownerInvitationRoutes())
    .route("/", unownedInboundRoutes())
    .route("/", healthRoutes())
    .route("/", masterKeyRoutes())
    .route("/", waveformBackfillRoutes())
    .route("/", searchIndexRoutes());
}
