import type { ConnectorRow } from "../config/connector";
import type { SidecarRule } from "../sidecar/rule";

/** What a connector of any kind goes by. The schema of each kind has these, so that they are there. */
export type ImportRules = {
  importPath: string;
  processedPath: string | null;
  patterns: readonly string[];
  naming: string | null;
  /** Campaigns by what names of files call them. */
  campaignMap: Readonly<Record<string, string>>;
  sidecar: SidecarRule | null;
};

export function rulesOf({ settings }: Pick<ConnectorRow, "settings">): ImportRules {
  const {
    import_path,
    processed_path,
    file_patterns,
    naming,
    campaign_map = {},
    sidecar = null,
  } = settings as {
    import_path: string;
    processed_path: string | null;
    file_patterns: string[];
    naming: string | null;
    // Connectors from before there were these have none.
    campaign_map?: Record<string, string>;
    sidecar?: SidecarRule | null;
  };
  return {
    importPath: import_path,
    processedPath: processed_path,
    patterns: file_patterns,
    naming,
    campaignMap: campaign_map,
    sidecar,
  };
}
