/**
 * Connectors: storages that Trunkline looks into for recordings. A look lists, takes in what lies unchanged since the
 * look before, and moves it away; what comes in goes the way of uploads.
 */
export {
  countFailingConnectors,
  LEAST_POLL,
  listConnectors,
  LONGEST_POLL,
  readConnector,
  type ConnectorPosition,
  type ConnectorTarget,
  type ConnectorView,
} from "./config/connector";
export {
  actOn,
  createConnector,
  deleteConnector,
  syncConnector,
  updateConnector,
  type ConnectorChanges,
  type NewConnector,
} from "./config/write";
export { findSamePlace, type SamePlace } from "./config/same-place";
export { beginSignIn, endSignIn, readPermissions, type NeededPermission, type SignedIn } from "./config/sign-in";
export type { NeotelSettings } from "./neotel/settings";
export type { FtpSettings } from "./ftp/settings";
export { isAppOnly, type OneDriveSettings } from "./onedrive";
export type { ConnectorFailure, TestStep } from "./contract";
export { statusOf, successRateOf, troubleOf, type ConnectorStatus } from "./health";
export { CONNECTOR_KINDS, hasRoot, type ConnectorKindName } from "./kinds";
export { openStorage } from "./open";
export { explainProblem, type ProblemCode } from "./problems";
export { withoutComments } from "./rules/printed-json";
export { DEFAULT_PATTERNS } from "./rules/schema";
export { tryRules, type TriedName, type TriedRules } from "./rules/try-rules";
export type { SidecarRule } from "./sidecar/rule";
export { type BringIn, type FetchedFile, type TellMore } from "./run/bring-in";
export { forgetAwaited } from "./run/awaited";
export { forgetFilesOfDeleted, listRefusedFiles, retryFile, type FileRow, type RefusedPosition } from "./run/files";
export { isAnyLeft } from "./run/left-files";
export { previewFiles, type PreviewedFile } from "./run/preview";
export { noticeOfChange } from "./run/notice-of-change";
export { dueConnectors, runConnector, type RunDeps } from "./run/run";
