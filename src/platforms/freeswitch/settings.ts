import { z } from "zod";
import { linkTemplate } from "../reading/link-template";
import { commonSettings } from "../settings";

const variable = z.string().regex(/^[A-Za-z0-9_]{1,64}$/, "must be the name of a channel variable");

export const settings = commonSettings.extend({
  encoded_values: z
    .boolean()
    .optional()
    .describe("False: no value is ever URL-encoded (`encode-values` is off). Default: each value is looked at."),
  recording_url_template: linkTemplate,
  recording_variable: variable
    .optional()
    .describe("The variable that holds the recording's file. Default: record_file, then record_path and record_name."),
  direction_variable: variable
    .optional()
    .describe("The variable that says inbound or outbound. Default: call_direction."),
  operator_variable: variable.optional().describe("The variable that holds the agent's name."),
});

export type FreeswitchSettings = z.infer<typeof settings>;
