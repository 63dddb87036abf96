import type { z } from "zod";
import { linkTemplate } from "../reading/link-template";
import { commonSettings } from "../settings";

export const asteriskSettings = commonSettings.extend({ recording_url_template: linkTemplate });

export type AsteriskSettings = z.infer<typeof asteriskSettings>;
