import type { z } from "zod";
import { linkTemplate } from "../reading/link-template";
import { commonSettings } from "../settings";

export const settings = commonSettings.extend({ recording_url_template: linkTemplate });

export type AsteriskSettings = z.infer<typeof settings>;
