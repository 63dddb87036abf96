import {
  browserNamed,
  factorStateOf,
  listBrowsers,
  listPasskeys,
  listSessions,
  readOwnAccount,
  totpStateOf,
} from "../../../identity";
import { BROWSER_COOKIE, cookieIn } from "../../../lib/http/session-cookie";
import type { FieldErrors } from "../../../ui/components/form";
import { wordsOf } from "../../../ui/strings/define";
import { profileWords } from "../../../ui/strings/profile";
import { relyingPartyHere, type PageContext } from "../../deps";
import { notFoundAnswer } from "../../message-page";
import { pageOf, positionIn } from "../paged";
import { profileAnswer } from "./answer";
import { ProfileParts } from "./page";

type Shown = { name?: string; errors?: FieldErrors; toast?: string };

/** The profile as it is, with what was wrong with a form of it. */
export async function profilePage(c: PageContext, { name, errors = [], toast }: Shown = {}): Promise<Response> {
  const { view, visitor, deps } = c.var;
  const { userId, id: sessionId } = visitor.session;
  const here = relyingPartyHere(c);
  const [account, app, factors, passkeys, sessions, browsers] = await Promise.all([
    readOwnAccount(deps.db, userId),
    totpStateOf(deps, userId),
    factorStateOf(deps.db, userId, here?.id),
    listPasskeys(deps, userId),
    listSessions(deps, userId, view.now, positionIn(c, "sessions")),
    listBrowsers(deps.db, userId, view.now),
  ]);
  if (!account.ok) return notFoundAnswer(view);
  const words = wordsOf(profileWords, view.language);
  return profileAnswer(c, {
    title: words.title,
    state: words.intro,
    status: errors.length > 0 ? 422 : 200,
    flat: true,
    ...(toast !== undefined && { toast }),
    children: (
      <ProfileParts
        view={view}
        csrf={visitor.csrf}
        account={{ ...account.value, name: name ?? account.value.name }}
        errors={errors}
        app={app}
        factors={factors}
        passkeys={passkeys}
        host={here?.id}
        sessions={pageOf(c, "sessions", sessions, ({ id }) => id)}
        sessionId={sessionId}
        browsers={browsers}
        thisBrowser={browserNamed(cookieIn(c.req.raw.headers, BROWSER_COOKIE))}
      />
    ),
  });
}
