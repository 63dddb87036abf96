import { newRouter } from "../router";
import { unownedInboundRoutes } from "./inbound";
import { masterKeyRoutes } from "./master-keys";
import { organizationRoutes } from "./organizations";
import { ownerInvitationRoutes } from "./owner-invitations";

/** `/admin`: for the owner of the deployment. */
export function adminRoutes() {
  return newRouter()
    .route("/", organizationRoutes())
    .route("/", ownerInvitationRoutes())
    .route("/", unownedInboundRoutes())
    .route("/", masterKeyRoutes());
}
