import type { ConnectorRow } from "../config/connector";

/** What a connector of any kind goes by. The schema of each kind has these, so that they are there. */
export type ImportRules = {
  importPath: string;
  processedPath: string | null;
  patterns: readonly string[];
  naming: string | null;
  /** Campaigns by what names of files call them. */
  campaignMap: Readonly<Record<string, string>>;
};

export function rulesOf({ settings }: Pick<ConnectorRow, "settings">): ImportRules {
  const {
    import_path,
    processed_path,
    file_patterns,
    naming,
    campaign_map = {},
  } = settings as {
    import_path: string;
    processed_path: string | null;
    file_patterns: string[];
    naming: string | null;
    campaign_map?: Record<string, string>;
  };
  return {
    importPath: import_path,
    processedPath: processed_path,
    patterns: file_patterns,
    naming,
    campaignMap: campaign_map,
  };
}
