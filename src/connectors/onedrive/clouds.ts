import type { OneDriveSettings } from "./settings";

/**
 * Where Microsoft's clouds sign people in and answer for their drives (Microsoft's "National cloud deployments" of Graph). A
 * tenant is in one of them, and its token is good in that one alone.
 */
export const CLOUDS = {
  global: { login: "login.microsoftonline.com", graph: "graph.microsoft.com" },
  us_gov: { login: "login.microsoftonline.us", graph: "graph.microsoft.us" },
  us_dod: { login: "login.microsoftonline.us", graph: "dod-graph.microsoft.us" },
  china: { login: "login.chinacloudapi.cn", graph: "microsoftgraph.chinacloudapi.cn" },
} as const;

export type Cloud = keyof typeof CLOUDS;

/** The hosts of a connector's cloud; one from before there was a choice is in the global one. */
export function hostsOf({ cloud }: { cloud?: OneDriveSettings["cloud"] | undefined }) {
  return CLOUDS[cloud ?? "global"];
}
