import type { Context } from "hono";
import { uploaderWithin, type Uploader } from "../../sources";
import { withinOf } from "../authenticate";
import type { ApiEnv } from "../router";

/** Whose upload a request's is. */
export function uploaderOf(c: Context<ApiEnv>): Uploader {
  return uploaderWithin(withinOf(c));
}
