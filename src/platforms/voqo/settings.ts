import { z } from "zod";
import { commonSettings } from "../settings";

/** What may be set on a source of Voqo. */
export const settings = commonSettings.extend({
  max_event_age_hours: z
    .number()
    .min(1)
    .max(24 * 365)
    .optional()
    .describe("How old an event may be when it comes, going by its own `timestamp`. Default: 72."),
});

export type VoqoSettings = z.infer<typeof settings>;

export const DEFAULT_MAX_EVENT_AGE_HOURS = 72;
