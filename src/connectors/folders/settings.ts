import { z } from "zod";
import type { Place } from "../contract";
import { refuseInside } from "../rules/schema";

// A name or an address, in the letters that these have. The network guard judges where it leads.
const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|[0-9A-Fa-f:.]+)$/;

export const serverHost = z.string().trim().max(253).regex(HOST, "must be the name or the address of a server alone");

/** A folder of a server: from its root with a slash in front, else from where one logs in. Kept with one at its end. */
export const serverFolder = z
  .string()
  .trim()
  .max(500)
  .transform((text) => (text === "" ? "" : text.replace(/\/+/g, "/").replace(/\/?$/, "/")))
  .refine((text) => !text.split("/").some((part) => part === "." || part === ".."), "must not lead out of its folder");

/**
 * Where files of a server lie. Whatever port and protocol it is asked by, its folders are the same; one that does not begin at the
 * root lies where its user logs in.
 */
export function serverPlaceOf(settings: { host: string; username: string; import_path: string }): Place {
  const { host, username, import_path: folder } = settings;
  const server = host.toLowerCase();
  return { server: folder.startsWith("/") ? server : `${username}@${server}`, folder };
}

/** What is set of an SFTP connector, beside what proves who asks. */
export const IMPORT_FROM = "The folder to look into; empty for the one where the user logs in.";

/** Says what is wrong where files would be moved to, beside the folder they come from. */
export function refuseMoves(from: string, to: string | null, context: z.RefinementCtx): void {
  if (to !== null && to.startsWith("/") !== from.startsWith("/")) {
    const message = "must begin with a slash where the import path does, and only there";
    context.addIssue({ code: "custom", path: ["processed_path"], message });
  } else refuseInside(from, to, context);
}
