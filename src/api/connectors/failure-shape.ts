import { z } from "@hono/zod-openapi";
import { explainProblem, type ConnectorFailure } from "../../connectors";

export const failure = z.object({ code: z.string(), detail: z.string(), cause: z.string(), remedy: z.string() });

/** A failure of a storage, with its likely cause and what to do. */
export function viewFailure({ code, detail }: ConnectorFailure): z.infer<typeof failure> {
  const { cause = "", remedy = "" } = explainProblem(code) ?? {};
  return { code, detail, cause, remedy };
}
