import { z } from "zod";
import { commonSettings } from "../settings";

const fieldName = z.string().min(1).max(100).optional();

/** What may be set on a source of Voicesense: how its Body Template names what we need, where that was customised. */
export const settings = commonSettings.extend({
  reference_field: fieldName.describe("The body's field that holds `{{ReferenceId}}`. Default: `ReferenceId`."),
  stream_field: fieldName.describe("The body's field that holds `{{StreamId}}`. Default: `StreamId`."),
  error_field: fieldName.describe("The body's field that holds `{{ErrorMessage}}`. Default: `ErrorMessage`."),
  duration_field: fieldName.describe("The body's field that holds `{{AudioDuration}}`. Default: `AudioDuration`."),
});

export type VoicesenseSettings = z.infer<typeof settings>;

/** The names of the fields in this source's bodies. */
export type FieldNames = { reference: string; stream: string; error: string; duration: string };

export function fieldNames(configured: VoicesenseSettings): FieldNames {
  return {
    reference: configured.reference_field ?? "ReferenceId",
    stream: configured.stream_field ?? "StreamId",
    error: configured.error_field ?? "ErrorMessage",
    duration: configured.duration_field ?? "AudioDuration",
  };
}
