import type { JSX } from "hono/jsx/jsx-runtime";
import { PAGE_HEADERS } from "../security";
import { withNamedErrors } from "./named-errors";

/** The answer with a whole page. */
export async function pageAnswer(page: JSX.Element, status = 200, headers: HeadersInit = {}): Promise<Response> {
  const answer = new Response(`<!doctype html>${withNamedErrors(String(await page))}`, {
    status,
    headers: PAGE_HEADERS,
  });
  for (const [name, value] of new Headers(headers)) answer.headers.append(name, value);
  return answer;
}
