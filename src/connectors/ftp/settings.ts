import { z } from "zod";
import type { FtpSecurity } from "../../lib/ftp";
import { IMPORT_FROM, refuseMoves, serverFolder, serverHost } from "../folders/settings";
import { campaignMap, filePatterns, naming, processedFolder } from "../rules/schema";
import { sidecar } from "../sidecar/rule";

/** What goes into a command has no line's end in it. */
const LINE = /^[^\r\n\0]*$/;

export const USUAL_PORTS: Record<FtpSecurity, number> = { none: 21, explicit: 21, implicit: 990 };

/** Where an FTP server is, and how it is spoken to. */
export const ftpPlace = {
  host: serverHost,
  port: z.int().min(1).max(65_535).optional().describe("21 where it is not given, and 990 with `implicit`."),
  security: z
    .enum(["explicit", "implicit", "none"])
    .default("explicit")
    .describe("`explicit`: FTPS by AUTH TLS. `implicit`: FTPS from the first byte. `none`: all goes in clear text."),
  username: z.string().trim().min(1).max(128).regex(LINE, "must be one line"),
};

/** What is set of an FTP or FTPS connector, beside its password. */
export const ftpSettings = z
  .strictObject({
    ...ftpPlace,
    import_path: serverFolder.default("").describe(IMPORT_FROM),
    processed_path: processedFolder(serverFolder),
    file_patterns: filePatterns,
    naming,
    campaign_map: campaignMap,
    sidecar,
  })
  .superRefine(({ import_path: from, processed_path: to }, context) => refuseMoves(from, to, context))
  .transform((settings) => ({ ...settings, port: settings.port ?? USUAL_PORTS[settings.security] }));

export type FtpSettings = z.infer<typeof ftpSettings>;

export const ftpCredentials = z.strictObject({
  password: z.string({ error: "is needed" }).min(1).max(500).regex(LINE, "must be one line"),
});
