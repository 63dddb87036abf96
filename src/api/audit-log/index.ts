import { createRoute, z } from "@hono/zod-openapi";
import { auditPages, listAudit } from "../../identity";
import { pageQuery } from "../cursor";
import { failures } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { sortQuery } from "../sort";
import { json } from "../shapes";
import { exportStream, MEDIA_TYPES } from "./export";
import { auditEntry, auditFilter, auditPage, exampleEntry, toFilter, viewPage } from "./shapes";

const common = { tags: ["Audit log"], security: SECURED };

// Entries of one read of an export.
const EXPORT_PAGE = 500;

const list = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "List who changed what, newest first",
  description:
    "Time is found by index. Any other filter looks at entry after entry, at most 2,000, and then says how far it got in `scanned_until`: a page can be short and still have a `next_cursor`.",
  request: {
    query: z.strictObject({
      ...pageQuery(z.object({ id: z.string() })),
      ...sortQuery("at", "descending"),
      ...auditFilter,
    }),
  },
  responses: {
    200: {
      description: "A page of entries",
      ...json(auditPage, { data: [exampleEntry], next_cursor: null, scanned_until: null }),
    },
    ...failures(401, 403, 422),
  },
});

const exportAll = createRoute({
  ...common,
  method: "get",
  path: "/export",
  summary: "Export the audit log, newest first",
  description: "Every matching entry in one answer. NDJSON has the entries of the list, one on each line.",
  request: {
    query: z.strictObject({ ...auditFilter, format: z.enum(["csv", "ndjson"]).default("ndjson") }),
  },
  responses: {
    200: {
      description: "The entries",
      content: {
        "application/x-ndjson": { schema: auditEntry, example: exampleEntry },
        "text/csv": { schema: z.string() },
      },
    },
    ...failures(401, 403, 422),
  },
});

/** `/v1/audit-log` */
export function auditLogRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { limit, cursor, sort: order, ...filter } = c.req.valid("query");
      const { organizationId } = c.var.caller;
      const query = { organizationId, filter: toFilter(filter), limit, after: cursor?.id, order };
      return c.json(viewPage(await listAudit(c.var.deps.db, query)), 200);
    })
    .openapi(exportAll, (c) => {
      const { format, ...filter } = c.req.valid("query");
      const { organizationId } = c.var.caller;
      const pages = auditPages(c.var.deps.db, { organizationId, filter: toFilter(filter), limit: EXPORT_PAGE });
      return new Response(exportStream(pages, format), {
        headers: {
          "content-type": MEDIA_TYPES[format],
          "content-disposition": `attachment; filename="audit-log.${format}"`,
        },
      });
    });
}
