import type { EndpointFilters } from "../db/schema";
import type { RecordedEvent } from "../events";

/** The parts of an event's data that filters look at; the row of a spilled event repeats them (spill.ts). */
type Filterable = {
  call?: { campaign_id: string | null; source: { id: string } };
  analysis?: Risky;
  analyses?: Risky[];
};

type Risky = { risk_score: number | null };

// Each event is weighed for every endpoint that has filters; its data is read once.
const read = new WeakMap<RecordedEvent, Filterable>();

/**
 * Whether an event passes an endpoint's filters. What a filter asks about and an event does not carry passes: an event
 * about an endpoint is of no campaign, and a call that nobody scored has no risk.
 */
export function passesFilters(filters: EndpointFilters, event: RecordedEvent): boolean {
  const { campaignIds, sourceIds, minimumRisk } = filters;
  if (!campaignIds && !sourceIds && minimumRisk === undefined) return true;
  const data = read.get(event) ?? (JSON.parse(event.data) as Filterable);
  read.set(event, data);
  const { call } = data;
  if (call && campaignIds && (call.campaign_id === null || !campaignIds.includes(call.campaign_id))) return false;
  if (call && sourceIds && !sourceIds.includes(call.source.id)) return false;
  const risk = riskOf(data);
  return minimumRisk === undefined || risk === null || risk >= minimumRisk;
}

/** The highest risk the event tells of, or null when it tells of none. */
function riskOf({ analysis, analyses = [] }: Filterable): number | null {
  const scores = [...(analysis ? [analysis] : []), ...analyses].flatMap(({ risk_score: score }) => score ?? []);
  return scores.length > 0 ? Math.max(...scores) : null;
}
