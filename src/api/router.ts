import { OpenAPIHono } from "@hono/zod-openapi";
import type { EndpointObjects } from "../delivery";
import type { Deps } from "../deps";
import type { ApiCaller } from "../identity";

/** What the API hands its verbs. */
export type ApiDeps = Omit<Deps, "endpointObjects" | "random" | "newWriter"> & {
  /** Where each write of an endpoint is pushed, and its deliveries are asked about. */
  endpointObjects: Omit<EndpointObjects, "health" | "erase">;
  /** Whether one more failed authentication of this name is within what a minute may have. */
  limits: { refused(name: string): Promise<boolean> };
};

export type ApiEnv = { Bindings: Env; Variables: { deps: ApiDeps; caller: ApiCaller } };

/** A router of one resource. How it answers to invalid input comes from the app it is mounted in. */
export function newRouter(): OpenAPIHono<ApiEnv> {
  return new OpenAPIHono<ApiEnv>();
}
