/**
 * The events (seed "Available Events") and what each says of the call's state. Only an analysis has a beginning and an end
 * that could be a call's; reviews, alerts and breaches come before or after that end and leave it alone.
 */
export const OUTCOMES = {
  "analysis.created": "in_progress",
  "analysis.completed": "completed",
  "analysis.failed": "failed",
  "analysis.updated": null,
  "review.assigned": null,
  "review.completed": null,
  "review.escalated": null,
  "review.consensus_reached": null,
  "fraud.high_risk": null,
  "fraud.critical": null,
  "quality.threshold_breach": null,
  "sla.violation": null,
} as const;

export type AuthentiVoiceEvent = keyof typeof OUTCOMES;

export function isKnownEvent(event: string): event is AuthentiVoiceEvent {
  return Object.hasOwn(OUTCOMES, event);
}
