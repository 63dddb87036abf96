import type { IntegrationStatus } from "../../../health";
import type { Tone } from "../../../ui/components/status";

export const TONES: Record<IntegrationStatus, Tone> = {
  active: "good",
  limited: "attention",
  quiet: "attention",
  never: "idle",
  paused: "idle",
  off: "idle",
  failing: "wrong",
};
