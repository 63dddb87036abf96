import { callerOf, weakSession } from "./api/session";
import type { Visitor } from "./dashboard";
import type { Deps } from "./deps";
import { findSession, formTokenOf, isConfirmed, noteSessionUse } from "./identity";
import { cookieIn, isFromOurselves, SESSION_COOKIE } from "./lib/http/session-cookie";

/**
 * Who looks at a page: the person of the session, with the rights that they have at the API. Null for a session that
 * is over, and for a form that another site sends.
 */
export async function visitorOf(request: Request, { db, now }: Pick<Deps, "db" | "now">): Promise<Visitor | null> {
  if (request.method !== "GET" && !isFromOurselves(request)) return null;
  const token = cookieIn(request.headers, SESSION_COOKIE);
  const found = token === undefined ? undefined : await findSession(db, token, now());
  if (!found) return null;
  // A page that asks for a part of itself by itself is no use that keeps a session from ending.
  if (request.method !== "GET" || request.headers.get("hx-request") !== "true")
    await noteSessionUse(db, found.session, now());
  const { user, session, organizationName, naming } = found;
  return {
    caller: await callerOf(db, found),
    person: { name: user.name, email: user.email },
    organization: { id: session.organizationId, name: organizationName, naming },
    others: found.others.toSorted((one, other) => one.name.localeCompare(other.name)),
    session: { id: session.id, hash: session.hash, userId: user.id, isWeak: weakSession(found) !== undefined },
    confirmed: isConfirmed(session, now()),
    csrf: await formTokenOf(session),
  };
}
