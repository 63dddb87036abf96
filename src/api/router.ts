import { OpenAPIHono, z } from "@hono/zod-openapi";
import type { EndpointObjects } from "../delivery";
import type { Deps } from "../deps";
import type { Caller, QuotaShare, ResetLetter, Session, Taken } from "../identity";
import type { Rerun } from "./internal-requests";

/** The deps that the API passes to functions. */
export type ApiDeps = Omit<Deps, "endpointObjects" | "random" | "newWriter"> & {
  /** Pushes each write of an endpoint to its objects, and asks them about deliveries. */
  endpointObjects: EndpointObjects;
  /** Whether this name may fail authentication once more this minute. */
  limits: { refused(name: string): Promise<boolean> };
  /** What this isolate may use of the requests of organizations. */
  quota: QuotaShare;
  /** Sends a link by which a password is replaced; undefined where the deployment sends no mail. */
  sendResetLink?(letter: ResetLetter, language: string | undefined): Promise<void>;
};

export type ApiEnv = {
  Bindings: Env;
  Variables: {
    deps: ApiDeps;
    caller: Caller;
    requestId: string;
    session?: Session;
    /** What the request used of its organization's quota. */
    quota?: Taken & { organizationId: string };
    /** Sent by the API to itself. */
    isInternal?: true;
    rerun?: Rerun;
  };
};

/**
 * A router of one resource. The app it is mounted on answers invalid input. A route that says nothing of its query refuses
 * every parameter: a misspelt one would otherwise be taken for nothing asked. `takesAnyQuery`: it ignores them, as an address
 * does that another house prints, or that is handed to whoever calls it.
 */
export function newRouter({ takesAnyQuery = false } = {}): OpenAPIHono<ApiEnv> {
  const router = new OpenAPIHono<ApiEnv>();
  if (takesAnyQuery) return router;
  const { openapi } = router;
  router.openapi = ((route, ...rest) => {
    const request = { query: z.strictObject({}), ...route.request };
    return openapi({ ...route, request }, ...rest);
  }) as typeof openapi;
  return router;
}
