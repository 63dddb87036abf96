import type { EndpointFilters } from "../db/schema";
import type { RecordedEvent } from "../events";

/** The fields of an event's data that filters use. The row of a spilled event repeats them (spill.ts). */
type Filterable = {
  report?: { campaign_id: string | null };
  call?: { campaign_id: string | null; source: { id: string } };
  analysis?: Risky;
  analyses?: Risky[];
  changes?: Record<string, unknown>;
};

type Risky = { risk_score: number | null };

// An event is checked for every endpoint with filters; its data is parsed once.
const read = new WeakMap<RecordedEvent, Filterable>();

/**
 * Whether an event passes an endpoint's filters. A filter on something that the event does not carry passes: an event
 * about an endpoint has no campaign, and a call without analysis has no risk.
 */
export function passesFilters(filters: EndpointFilters, event: RecordedEvent): boolean {
  const { campaignIds, sourceIds, minimumRisk } = filters;
  if (!campaignIds && !sourceIds && minimumRisk === undefined) return true;
  const data = dataOf(event);
  const { call, report } = data;
  // A report is of the calls of a campaign, or of all of them, from every source.
  if (report && (sourceIds || (campaignIds && !campaignIds.includes(report.campaign_id ?? "")))) return false;
  if (call && campaignIds && (call.campaign_id === null || !campaignIds.includes(call.campaign_id))) return false;
  if (call && sourceIds && !sourceIds.includes(call.source.id)) return false;
  const risk = riskOf(data);
  return minimumRisk === undefined || risk === null || risk >= minimumRisk;
}

/** The keys whose values are new, as an event tells them; undefined for one that tells of no changes. */
export function changesIn(event: RecordedEvent): string[] | undefined {
  if (event.type !== "analysis.updated") return undefined;
  const { changes } = dataOf(event);
  return changes && Object.keys(changes);
}

function dataOf(event: RecordedEvent): Filterable {
  const data = read.get(event) ?? (JSON.parse(event.data) as Filterable);
  read.set(event, data);
  return data;
}

/** The highest risk score in the event, or null when it has none. */
function riskOf({ analysis, analyses = [] }: Filterable): number | null {
  const scores = [...(analysis ? [analysis] : []), ...analyses].flatMap(({ risk_score: score }) => score ?? []);
  return scores.length > 0 ? Math.max(...scores) : null;
}
