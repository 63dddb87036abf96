/** What an organization used, day by day, and what that is estimated to cost. */
export { mayAlertAgain, raiseUsageAlerts, readUsageAlert, type UsageAlertRow } from "./alerts";
export { rowsWritten, usageOf, type Counted } from "./costs";
export { countDays } from "./count-days";
export { countDeliveries } from "./count-deliveries";
export * from "./month";
export { dollarsFor, prices, PRICES_READ_ON } from "./prices";
export {
  MOST_CAMPAIGNS,
  sumOf,
  usageByCampaign,
  usageByDay,
  usageByEngine,
  type Span,
  type Used,
  type UsedByCampaign,
  type UsedEngine,
  type UsedOnDay,
} from "./read-usage";
