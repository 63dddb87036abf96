import { Hono } from "hono";
import { askForPasskey, TO_CONFIRM } from "../../identity";
import { isOwnForm, relyingPartyHere, type DashboardEnv } from "../deps";

/** `/dashboard/confirmation`: what a passkey is asked to sign by the page that confirms. */
export function confirmationRoutes() {
  return new Hono<DashboardEnv>().post("/confirmation/passkey-options", async (c) => {
    const { plain, visitor } = c.var;
    const here = relyingPartyHere(c);
    if (!here || !(await isOwnForm(c, await c.req.parseBody()))) return c.notFound();
    c.header("cache-control", "no-store");
    const use = { purpose: TO_CONFIRM, userId: visitor.session.userId } as const;
    return c.json(await askForPasskey(plain, use, here, plain.now()));
  });
}
