import { Hono } from "hono";
import { countMembers, listInvitations, listMembers, may } from "../../../identity";
import { Toast } from "../../../ui/components/toast";
import { pageAnswer } from "../../../ui/layout/page";
import { wordsOf } from "../../../ui/strings/define";
import { memberWords } from "../../../ui/strings/members";
import type { DashboardEnv } from "../../deps";
import { needs, newOnce } from "../../forms";
import { frameOf, readWhole } from "../../frame";
import { pageOf, positionIn } from "../paged";
import { invitationRoutes } from "./invitation-routes";
import { PeoplePage } from "./list-page";
import { memberRoutes } from "./member-routes";

/** `/dashboard/settings/people` */
export function peopleRoutes() {
  const routes = new Hono<DashboardEnv>();

  routes.get("/settings/people", needs("people:read"), async (c) => {
    const { deps, view, visitor } = c.var;
    const { organizationId } = visitor.caller;
    const [members, invitations, count, whole] = await Promise.all([
      listMembers(deps.db, { organizationId, ...positionIn(c, "after") }),
      listInvitations(deps.db, { organizationId, ...positionIn(c, "invited") }),
      countMembers(deps.db, organizationId),
      readWhole(deps.db, visitor),
    ]);
    const words = wordsOf(memberWords, view.language);
    const done = new Map([
      ["withdrawn", words.withdrawn],
      ["removed", words.removed],
    ]).get(c.req.query("done") ?? "");
    return pageAnswer(
      <PeoplePage
        view={view}
        frame={frameOf(view, visitor, whole)}
        caller={visitor.caller}
        members={pageOf(c, "after", members, ({ userId }) => userId)}
        invitations={pageOf(c, "invited", invitations, ({ id }) => id)}
        count={count}
        mayWrite={may(visitor.caller, "people:write")}
        once={newOnce()}
        toast={done !== undefined && <Toast>{done}</Toast>}
      />,
    );
  });

  // Before the routes of one member: `invite` is no member's id.
  routes.route("/settings/people", invitationRoutes());
  routes.route("/settings/people", memberRoutes());
  return routes;
}
