import type { IntegrationStatus } from "../../../health";
import type { SourceStanding } from "../../../sources";
import type { Tone } from "../../../ui/components/status";

export const TONES: Record<IntegrationStatus | SourceStanding, Tone> = {
  active: "good",
  limited: "attention",
  quiet: "attention",
  troubled: "attention",
  never: "idle",
  paused: "idle",
  off: "idle",
  failing: "wrong",
};
