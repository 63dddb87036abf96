import { z } from "zod";
import type { InboundFilter } from "../../sources";
import type { Formats } from "../../ui/formats";
import { addDays, startOfDay } from "../days";

export const OUTCOMES = ["accepted", "ignored", "refused", "quarantined", "dead"] as const;

/** What the URL of the log says. What it does not understand it leaves out. */
const query = z.object({
  outcome: z.enum(OUTCOMES).optional().catch(undefined),
  reason: z.string().trim().min(1).max(100).optional().catch(undefined),
  source: z.string().min(1).max(100).optional().catch(undefined),
  call: z.string().min(1).max(200).optional().catch(undefined),
  status: z.coerce.number().int().min(100).max(599).optional().catch(undefined),
  q: z.string().min(1).max(200).optional().catch(undefined),
  from: z.iso.date().optional().catch(undefined),
  until: z.iso.date().optional().catch(undefined),
  after: z
    .string()
    .regex(/^\w{1,100}$/)
    .optional()
    .catch(undefined),
});

export type InboundQuery = z.infer<typeof query>;

export function readInboundQuery(values: Readonly<Record<string, string>>): InboundQuery {
  return query.parse(Object.fromEntries(Object.entries(values).filter(([, value]) => value !== "")));
}

export function inboundHref(asked: InboundQuery, changes: Partial<InboundQuery>, path = "/dashboard/inbound"): string {
  const params = new URLSearchParams(textsOf({ ...asked, after: undefined, ...changes })).toString();
  return params === "" ? path : `${path}?${params}`;
}

/** What is asked for, as the fields of a form. */
export function textsOf(asked: InboundQuery): Record<string, string> {
  const given = Object.entries(asked).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}

export function hasFilter(asked: InboundQuery): boolean {
  return Object.entries(asked).some(([name, value]) => name !== "after" && value !== undefined);
}

/** The filter that core is asked with: days are days of the viewer's zone. */
export function inboundFilterOf(asked: InboundQuery, formats: Formats): InboundFilter {
  const { outcome, reason, source, call, status, q, from, until } = asked;
  return {
    ...(outcome === undefined ? {} : { outcome }),
    ...(reason === undefined ? {} : { reason }),
    ...(source === undefined ? {} : { sourceId: source }),
    ...(call === undefined ? {} : { callId: call }),
    ...(status === undefined ? {} : { status }),
    ...(q === undefined ? {} : { text: q }),
    ...(from === undefined ? {} : { from: startOfDay(from, formats) }),
    ...(until === undefined ? {} : { until: startOfDay(addDays(until, 1), formats) }),
  };
}
