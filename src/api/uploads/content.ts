import { uploadContent } from "../../sources";
import { problem } from "../problem";
import { nameOf, type C } from "./tus-request";

/** Answers with the content of a complete upload, byte ranges included. */
export async function answerContent(c: C): Promise<Response> {
  const name = { ...nameOf(c), reach: c.var.caller.reach };
  const content = await uploadContent(c.var.deps, name, {
    method: c.req.method,
    range: c.req.header("range") ?? null,
    ifRange: c.req.header("if-range") ?? null,
    ifNoneMatch: c.req.header("if-none-match") ?? null,
  });
  if (!content.ok) return problem(c, content.error);
  const { body, status, headers } = content.value;
  return c.newResponse(body, status, headers);
}
