import { z } from "zod";
import type { AuditFilter } from "../../../identity";
import { DAY } from "../../../lib/time";

const text = z.string().trim().min(1).max(200).optional().catch(undefined);
const day = z.iso.date().optional().catch(undefined);

/** What the URL of the log says. What it does not understand it leaves out. */
const query = z.object({
  actor: text,
  action: text,
  resource: text,
  from: day,
  to: day,
  after: text,
});

export type AuditAsked = z.infer<typeof query>;

export const AUDIT_LOG = "/dashboard/settings/audit-log";

export function readAuditAsked(params: URLSearchParams): AuditAsked {
  return query.parse(Object.fromEntries([...params].filter(([, value]) => value !== "")));
}

/** The URL of the log with some of it changed; undefined takes a filter away. Another filter begins at the newest. */
export function auditHref(asked: AuditAsked, changes: Partial<AuditAsked>, path = AUDIT_LOG): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...asked, after: undefined, ...changes }))
    if (value !== undefined) params.set(name, value);
  const search = params.toString();
  return search === "" ? path : `${path}?${search}`;
}

/** The filter that core is asked with. Days are UTC, as in the export. */
export function auditFilterOf({ actor, action, resource, from, to }: AuditAsked): AuditFilter {
  return {
    ...(actor === undefined ? {} : { actor }),
    ...(action === undefined ? {} : { action }),
    ...(resource === undefined ? {} : { resourceId: resource }),
    ...(from === undefined ? {} : { from: Date.parse(from) }),
    ...(to === undefined ? {} : { until: Date.parse(to) + DAY }),
  };
}

/** The same filter at the API's export. */
export function exportHref({ actor, action, resource, from, to }: AuditAsked): string {
  const { until } = auditFilterOf({ to });
  const params = new URLSearchParams({ format: "csv" });
  const given = {
    actor,
    action,
    resource_id: resource,
    from: from && `${from}T00:00:00Z`,
    until: until === undefined ? undefined : new Date(until).toISOString(),
  };
  for (const [name, value] of Object.entries(given)) if (value !== undefined) params.set(name, value);
  return `/v1/audit-log/export?${params.toString()}`;
}
