import { Hono, type Context } from "hono";
import { acceptByAccount, csrfTokenOf, findSession, joinByInvitation, readInvitation, type Session } from "../identity";
import { sameText } from "../lib/constant-time";
import { pageAnswer } from "../ui/layout/page";
import { wordsOf } from "../ui/strings/define";
import { people } from "../ui/strings/people";
import { InvitationPage, JoinPage, NoInvitationPage } from "./invitation-page";
import { errorsIn, newAccount, textIn } from "./person-fields";
import { placeOf } from "./act";
import { formOf, sessionTokenIn, signedIn, type AuthEnv } from "./request";

/** `/invitations/…`: accepting an invitation, with a new account or with the one that is signed in. */
export function invitationRoutes() {
  return new Hono<AuthEnv>()
    .get("/invitations/:token", async (c) => {
      const { deps, view } = c.var;
      const invitation = await readInvitation(deps.db, c.req.param("token"), deps.now());
      if (!invitation) return refusal(c, "over");
      const action = c.req.path;
      if (!invitation.hasAccount)
        return pageAnswer(<InvitationPage view={view} action={action} invitation={invitation} />);
      const session = await sessionHere(c);
      if (!session) return refusal(c, "sign-in");
      if (session.user.email !== invitation.email) return refusal(c, "other");
      const csrf = await csrfTokenOf(session.session.hash);
      return pageAnswer(<JoinPage view={view} action={action} invitation={invitation} csrf={csrf} />);
    })
    .post("/invitations/:token", async (c) => {
      const { deps, view } = c.var;
      const token = c.req.param("token");
      const form = await formOf(c);
      const from = { ...placeOf(c), now: deps.now() };
      const invitation = await readInvitation(deps.db, token, from.now);
      if (!invitation) return refusal(c, "over");
      if (invitation.hasAccount) return joinHere(c, token, form);
      const sent = newAccount.safeParse(form);
      if (!sent.success) {
        const errors = errorsIn(sent.error, wordsOf(people, view.language));
        const page = (
          <InvitationPage
            view={view}
            action={c.req.path}
            invitation={invitation}
            name={textIn(form, "name")}
            errors={errors}
          />
        );
        return pageAnswer(page, 422);
      }
      const joined = await joinByInvitation(deps, { token, ...sent.data }, from);
      if (joined.ok) return signedIn(c, joined.value.session);
      return refusal(c, joined.error.kind === "conflict" ? "sign-in" : "over");
    });
}

async function joinHere(c: Context<AuthEnv>, token: string, form: Record<string, unknown>): Promise<Response> {
  const session = await sessionHere(c);
  if (!session) return refusal(c, "sign-in");
  const { hash } = session.session;
  if (!(await sameText(textIn(form, "csrf"), await csrfTokenOf(hash)))) return refusal(c, "stale");
  const from = { ...placeOf(c), now: c.var.deps.now() };
  const joined = await acceptByAccount(c.var.deps, { token, userId: session.user.id, hash }, from);
  if (joined.ok) return c.redirect("/", 303);
  return refusal(c, joined.error.kind === "forbidden" ? "other" : "over");
}

function sessionHere(c: Context<AuthEnv>): Promise<Session | undefined> {
  return findSession(c.var.deps.db, sessionTokenIn(c) ?? "", c.var.deps.now());
}

const STATUSES = { over: 404, "sign-in": 409, other: 403, stale: 403 } as const;

function refusal(c: Context<AuthEnv>, why: keyof typeof STATUSES): Promise<Response> {
  return pageAnswer(<NoInvitationPage view={c.var.view} why={why} />, STATUSES[why]);
}
