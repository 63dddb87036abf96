import { Hono, type Context } from "hono";
import {
  auditedDatabase,
  countAttempt,
  countedFor,
  hashPassword,
  hasOwner,
  makeFirstOwner,
  openSession,
} from "../identity";
import { sameText } from "../lib/constant-time";
import { pageAnswer } from "../ui/layout/page";
import type { FieldErrors } from "../ui/components/form";
import { wordsOf } from "../ui/strings/define";
import { people } from "../ui/strings/people";
import { errorsIn, newOwner, textIn } from "./person-fields";
import { placeOf } from "./act";
import { formOf, signedIn, type AuthEnv } from "./request";
import { SetupPage } from "./setup-page";

/** `/setup`: open, with the admin's token, until the deployment has its first owner. */
export function setupRoutes() {
  return new Hono<AuthEnv>()
    .get("/setup", async (c) => {
      const { deps, view } = c.var;
      if (await hasOwner(deps.db)) return c.redirect("/sign-in", 303);
      return pageAnswer(<SetupPage view={view} />);
    })
    .post("/setup", async (c) => {
      const { deps, view } = c.var;
      if (await hasOwner(deps.db)) return c.redirect("/sign-in", 303);
      const words = wordsOf(people, view.language);
      const place = placeOf(c);
      const now = deps.now();
      const form = await formOf(c);
      const sent = newOwner.safeParse(form);
      if (!sent.success) return again(c, form, 422, errorsIn(sent.error, words));
      const { admin_token: token, password, ...owner } = sent.data;
      const allowed = await countAttempt(deps.db, countedFor("setup", "admin", place.address), now);
      if (!allowed.ok) return again(c, form, 429, [{ field: "admin_token", message: words.tooMany }]);
      if (!(await sameText(token, deps.config.adminToken)))
        return again(c, form, 401, [{ field: "admin_token", message: words.wrongToken }]);
      const act = { actor: { kind: "admin" }, now, address: place.address, requestId: place.requestId } as const;
      const audited = { db: auditedDatabase(deps.db, act) };
      const made = await makeFirstOwner(audited, { ...owner, passwordHash: await hashPassword(password) }, act);
      if (!made.ok) {
        const isOver = await hasOwner(deps.db);
        return isOver
          ? again(c, form, 409, [{ field: "admin_token", message: words.setUpAlready }])
          : again(c, form, 409, [{ field: "email", message: words.addressTaken }]);
      }
      const opened = await openSession(audited, { userId: made.value.userId, strength: "password", ...place }, now);
      if (!opened.ok) throw new Error("the first owner belongs to no organization");
      return signedIn(c, opened.value);
    });
}

function again(c: Context<AuthEnv>, form: Record<string, unknown>, status: number, errors: FieldErrors) {
  const sent = {
    organization: textIn(form, "organization"),
    name: textIn(form, "name"),
    email: textIn(form, "email"),
  };
  return pageAnswer(<SetupPage view={c.var.view} sent={sent} errors={errors} />, status);
}
