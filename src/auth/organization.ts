import { Hono } from "hono";
import { auditedDatabase, findSession, formTokenOf, switchOrganization } from "../identity";
import { sameText } from "../lib/constant-time";
import { textIn } from "./person-fields";
import { actOf } from "./act";
import { formOf, sessionTokenIn, type AuthEnv } from "./request";
import { staleAnswer } from "./stale-page";

/** The form of every page that opens another organization of the person. */
export function organizationRoutes() {
  return new Hono<AuthEnv>().post("/sign-in/organization", async (c) => {
    const { db, now } = c.var.deps;
    const found = await findSession(db, sessionTokenIn(c) ?? "", now());
    if (!found) return c.redirect("/sign-in", 303);
    const form = await formOf(c);
    const { hash } = found.session;
    if (!(await sameText(textIn(form, "csrf"), await formTokenOf(found.session)))) return staleAnswer(c.var.view);
    const act = actOf(c, found.user.id);
    const wanted = { hash, userId: found.user.id, organizationId: textIn(form, "organization") };
    const switched = await switchOrganization({ db: auditedDatabase(db, act) }, wanted, act);
    return switched.ok ? c.redirect("/", 303) : c.notFound();
  });
}
