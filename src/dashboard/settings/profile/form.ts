import { ownPath } from "../../../lib/http/own-path";
import { isOwnForm, type PageContext } from "../../deps";
import { staleAnswer } from "../../message-page";
import { PROFILE } from "./address";

/** What a form of the visitor's own things sent, or the answer to one that is not of this session. */
export async function ownForm(c: PageContext): Promise<((name: string) => string) | Response> {
  const form = await c.req.parseBody();
  if (!(await isOwnForm(c, form))) return staleAnswer(c.var.view);
  return (name) => {
    const value = form[name];
    return typeof value === "string" ? value : "";
  };
}

/** Where somebody goes on once their second factor is set up: the page that asked for it, or their profile. */
export function destinationIn(text: string | undefined): string {
  return ownPath.catch(PROFILE).parse(text);
}

/** Back to the profile, which says what was done. */
export function doneAnswer(done: string): Response {
  return new Response(null, { status: 303, headers: { location: `${PROFILE}?done=${done}` } });
}
