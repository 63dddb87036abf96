import { z } from "zod";
import { campaignMap, filePatterns, folder, naming, processedFolder, refuseInside } from "../rules/schema";
import { sidecar } from "../sidecar/rule";

// An application's id, as Azure shows it; a tenant's may also be one of its domains.
const ID = /^[0-9A-Za-z-]{1,64}$/;
const TENANT = /^[0-9A-Za-z](?:[0-9A-Za-z.-]{0,126}[0-9A-Za-z])?$/;

const place = z.string().trim().min(1).max(300).nullable().default(null);

/** What is set of a OneDrive connector, beside what proves who asks. */
export const oneDriveSettings = z
  .strictObject({
    client_id: z.string().trim().regex(ID, "must be the application (client) id"),
    tenant_id: z.string().trim().regex(TENANT, "must be the directory (tenant) id, or one of its domains"),
    cloud: z
      .enum(["global", "us_gov", "us_dod", "china"])
      .default("global")
      .describe("Microsoft's cloud that the tenant is in: `us_gov` is GCC High, `china` that of 21Vianet."),
    user: place.describe("Whose drive is read by the application itself: an id or a sign-in name."),
    drive: place.describe("The id of the drive that the application reads itself."),
    site: place.describe("The id of the SharePoint site whose documents the application reads itself."),
    import_path: folder.default("").describe("The folder to look into; empty for the whole drive."),
    processed_path: processedFolder(folder),
    file_patterns: filePatterns,
    naming,
    campaign_map: campaignMap,
    sidecar,
  })
  .superRefine(({ import_path: from, processed_path: to, user, drive, site }, context) => {
    const given = Object.entries({ user, drive, site }).filter(([, value]) => value !== null);
    const [, second] = given;
    if (second)
      context.addIssue({ code: "custom", path: [second[0]], message: "must be the only one of user, drive and site" });
    // Names in OneDrive are the same whatever their case.
    refuseInside(from.toLowerCase(), to?.toLowerCase() ?? null, context);
  });

export type OneDriveSettings = z.infer<typeof oneDriveSettings>;

export const oneDriveCredentials = z.strictObject({ client_secret: z.string().trim().min(1).max(500) });

/** Whether the application reads by itself, without a person who signed in. */
export function isAppOnly({ user, drive, site }: OneDriveSettings): boolean {
  return user !== null || drive !== null || site !== null;
}

/** The drive's address in Graph. */
export function driveOf({ user, drive, site }: OneDriveSettings): string {
  if (user !== null) return `/users/${encodeURIComponent(user)}/drive`;
  if (drive !== null) return `/drives/${encodeURIComponent(drive)}`;
  // A site's id has commas, which Graph takes as they are.
  return site === null ? "/me/drive" : `/sites/${encodeURIComponent(site).replaceAll("%2C", ",")}/drive`;
}
