import { createMiddleware } from "hono/factory";

const YEAR_IN_SECONDS = 31_536_000;

/**
 * Headers of every answer: browsers must not sniff the content type, must send no referrer, and over https must stay on
 * https. Without `includeSubDomains`, because the owner's other hosts are not ours to decide about.
 */
export const edgeHeaders = createMiddleware(async (c, next) => {
  await next();
  c.header("x-content-type-options", "nosniff");
  c.header("referrer-policy", "no-referrer");
  if (c.req.url.startsWith("https:")) c.header("strict-transport-security", `max-age=${YEAR_IN_SECONDS}`);
});
