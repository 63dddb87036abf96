import { z } from "zod";

/** A path of ours: a browser reads `//host` and `/\host` as another host. */
export const ownPath = z
  .string()
  .regex(/^\/(?![/\\])[^\s\\]*$/)
  .max(2000);
