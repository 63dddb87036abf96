import { Hono } from "hono";
import { z } from "zod";
import { NAMINGS } from "../../../db/schema";
import { changeOrganization, readOrganization, type Naming } from "../../../identity";
import { pageAnswer } from "../../../ui/layout/page";
import { actOf, writingDeps, type DashboardEnv, type PageContext } from "../../deps";
import { failureAnswer, ownForm } from "../../forms";
import { frameOf, readWhole } from "../../frame";
import { ROLES_PAGE } from "./address";
import { RolesPage } from "./page";

const naming = z.enum(NAMINGS).catch("ordinary");

/** `/dashboard/settings/roles` */
export function roleRoutes() {
  return new Hono<DashboardEnv>()
    .get("/settings/roles", (c) => rolesAnswer(c))
    .post("/settings/roles/naming", async (c) => {
      const form = await ownForm(c, "organization:write");
      if (form instanceof Response) return form;
      const chosen = { naming: naming.parse(form.text("naming")) };
      const { organizationId } = c.var.visitor.caller;
      const stored = (await readOrganization(c.var.plain.db, organizationId))?.naming ?? "ordinary";
      if (form.text("seen") !== stored) return rolesAnswer(c, { stored, entered: chosen.naming });
      const changed = await changeOrganization(writingDeps(c), organizationId, chosen, actOf(c));
      return changed.ok ? c.redirect(`${ROLES_PAGE}?done=saved`, 303) : failureAnswer(c, changed.error);
    });
}

/** `stale`: how the roles are called now, and how somebody wanted them who did not know. */
async function rolesAnswer(c: PageContext, stale?: { stored: Naming; entered: Naming }): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const frame = frameOf(view, visitor, await readWhole(deps.db, visitor));
  const isSaved = c.req.query("done") === "saved";
  const page = <RolesPage view={view} frame={frame} caller={visitor.caller} isSaved={isSaved} stale={stale} />;
  return pageAnswer(page, stale ? 409 : 200);
}
