import { OpenAPIHono } from "@hono/zod-openapi";
import type { Config } from "../config";
import type { Database } from "../db/client";
import type { EndpointObjects } from "../delivery";
import type { ApiCaller } from "../identity";
import type { GuardPolicy } from "../lib/network-guard";
import type { MasterKeys } from "../lib/seal";
import type { Clock } from "../lib/time";
import type { Nudges, OpenInbox } from "../queues/senders";

/** What the API needs of the world, made afresh for each request. */
export type ApiDeps = {
  config: Config;
  masterKeys: MasterKeys;
  guardPolicy: GuardPolicy;
  db: Database;
  bucket: R2Bucket;
  inbox: OpenInbox;
  nudges: Nudges;
  /** Where each write of an endpoint is pushed, and its deliveries are asked about. */
  endpointObjects: Omit<EndpointObjects, "health" | "erase">;
  now: Clock;
  /** Whether one more failed authentication of this name is within what a minute may have. */
  limits: { refused(name: string): Promise<boolean> };
  fetch: typeof fetch;
};

export type ApiEnv = { Bindings: Env; Variables: { deps: ApiDeps; caller: ApiCaller } };

/** A router of one resource. How it answers to invalid input comes from the app it is mounted in. */
export function newRouter(): OpenAPIHono<ApiEnv> {
  return new OpenAPIHono<ApiEnv>();
}
