/** Campaigns group calls, and say what is done with them. */
export {
  createCampaign,
  listCampaigns,
  readCampaign,
  updateCampaign,
  type CampaignChanges,
  type CampaignOptions,
  type CampaignPosition,
  type CampaignRow,
  type CampaignTarget,
} from "./campaign";
export {
  PROCESSED_AFTER_MINUTES,
  processingOf,
  redactedIn,
  rulesOf,
  type CampaignRules,
  type Processing,
  type ProcessingView,
} from "./rules";
export { setProcessing, type ProcessingChange } from "./processing";
export * from "./redact";
export { setReviewing } from "./reviewing";
