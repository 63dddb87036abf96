/** Pages: they show what core reads and pass on what a person does; no rule is theirs. */
export { componentRoutes } from "./component-routes";
export { addressRoutes } from "./addresses";
export { languageRoutes } from "./language";
export { failedAnswer, notFoundAnswer } from "./message-page";
export { sentReportRoutes } from "./reports/sent-route";
export { dashboardRoutes } from "./routes";
export type { Visitor } from "./visitor";
