import { Hono } from "hono";
import { chooseSecondFactor, factorStateOf, readRequiredFactor, secondFactorsIn } from "../../../identity";
import { pageAnswer } from "../../../ui/layout/page";
import { refusalText } from "../../../ui/strings/refusals";
import { askToConfirm } from "../../confirmation/confirm";
import { actOf, relyingPartyHere, writingDeps, type DashboardEnv } from "../../deps";
import { needs } from "../../forms";
import { frameOf, readWhole } from "../../frame";
import { notFoundAnswer, refusedAnswer } from "../../message-page";
import { ownForm } from "../profile/form";
import { SecurityPage } from "./page";

const HERE = "/settings/security";

/** `/dashboard/settings/security`: what the organization requires of its members. */
export function securityRoutes() {
  const routes = new Hono<DashboardEnv>();

  routes.use(HERE, needs("organization:write"));

  routes.get(HERE, async (c) => {
    const { deps, view, visitor } = c.var;
    const rpId = relyingPartyHere(c)?.id;
    const [found, own, whole] = await Promise.all([
      readRequiredFactor(deps.db, { organizationId: visitor.organization.id, rpId }),
      factorStateOf(deps.db, visitor.session.userId, rpId),
      readWhole(deps.db, visitor),
    ]);
    if (!found.ok) return notFoundAnswer(view);
    const { organization, members, without } = found.value;
    return pageAnswer(
      <SecurityPage
        view={view}
        frame={frameOf(view, visitor, whole)}
        caller={visitor.caller}
        required={organization.requireSecondFactor}
        members={members}
        without={without}
        hasOwn={secondFactorsIn(own).length > 0}
        isSaved={c.req.query("done") === "saved"}
      />,
    );
  });

  routes.post(HERE, async (c) => {
    const form = await ownForm(c);
    if (form instanceof Response) return form;
    const asked = await askToConfirm(c);
    if (asked) return asked;
    const { view, visitor } = c.var;
    const rpId = relyingPartyHere(c)?.id;
    const wanted = { organizationId: visitor.organization.id, required: form("required") === "yes", rpId };
    const changed = await chooseSecondFactor(writingDeps(c), wanted, actOf(c));
    if (changed.ok) return c.redirect(`/dashboard${HERE}?done=saved`, 303);
    return refusedAnswer(view, refusalText(changed.error, view.language), `/dashboard${HERE}`);
  });

  return routes;
}
