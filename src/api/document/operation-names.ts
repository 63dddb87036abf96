/** What people call the operations that the rule below would name badly. */
const NAMES: Record<string, string> = {
  "post /v1/uploads": "uploadRecordings",
  "delete /v1/uploads/{id}": "abortUpload",
  "get /v1/uploads/tus/{id}": "downloadUpload",
  "post /v1/part-uploads": "beginPartUpload",
  "get /v1/part-uploads/{id}": "getPartUpload",
  "put /v1/part-uploads/{id}/parts/{number}": "putUploadPart",
  "post /v1/part-uploads/{id}/complete": "completePartUpload",
  "post /v1/uploads/tus": "createResumableUpload",
  "head /v1/uploads/tus/{id}": "getResumableUploadOffset",
  "patch /v1/uploads/tus/{id}": "appendToResumableUpload",
  "delete /v1/uploads/tus/{id}": "terminateResumableUpload",
  "post /v1/invitations/accept": "acceptInvitation",
  "post /upload": "uploadExternalTask",
  "get /tasks": "listExternalTasks",
  "get /tasks/{uuid}": "getExternalTask",
  "get /tasks/{uuid}/audio": "getExternalTaskAudio",
  "get /agent-identification/{uuid}": "getExternalAgentIdentification",
  "get /speaker-analysis/{uuid}": "getExternalSpeakerAnalysis",
  "get /tags/{uuid}": "getExternalTags",
  "post /audit/generate": "generateExternalAudit",
  "post /v1/me/totp": "beginMyTotp",
  "post /v1/me/passkeys": "addMyPasskey",
  "post /v1/me/passkeys/options": "beginMyPasskey",
  "post /v1/me/recovery-codes": "replaceMyRecoveryCodes",
  "get /v1/me/recovery-codes": "countMyRecoveryCodes",
  "post /v1/me/password": "changeMyPassword",
  "delete /v1/me/sessions/{id}": "endMySession",
  "delete /v1/me/browsers/{id}": "forgetMyBrowser",
  "delete /v1/me/organizations/{id}": "leaveOrganization",
  "post /v1/me/organization": "openMyOrganization",
  "get /v1/me/notifications/count": "countMyNotifications",
  "post /v1/me/notifications/read": "markMyNotificationsRead",
  "post /v1/me/notifications/{id}/read": "markMyNotificationRead",
  "get /v1/me/notification-preferences": "getMyNotificationPreferences",
  "patch /v1/me/notification-preferences": "updateMyNotificationPreferences",
  "get /v1/campaigns/{id}/processing": "getCampaignProcessing",
  "put /v1/campaigns/{id}/processing": "replaceCampaignProcessing",
  "post /v1/campaigns/{id}/processing/try": "tryCampaignProcessing",
  "get /v1/campaigns/{id}/actions": "getCampaignActions",
  "put /v1/campaigns/{id}/actions": "replaceCampaignActions",
  "post /v1/campaigns/{id}/actions/try": "tryCampaignActions",
  "post /v1/campaigns/{id}/actions/{actionId}/rotate-secret": "rotateActionSecret",
  "post /v1/engines/{id}/scores/try": "tryEngineScores",
  "get /v1/calls/{id}/actions": "getCallActions",
  "post /v1/calls/{id}/actions/retry": "retryCallActions",
  "get /v1/calls/{id}/transcript": "getCallTranscript",
  "get /v1/calls/{id}/transcript/original": "getOriginalCallTranscript",
  "get /v1/recordings/{id}/original": "getOriginalRecording",
  "get /recordings/{id}/original": "playOriginalRecording",
  "post /v1/calls/{id}/transcript": "transcribeCall",
  "get /v1/spend": "getEngineSpend",
  "get /v1/reports": "getReport",
  "get /v1/reports/criteria": "getReportOfCriteria",
  "get /v1/reports/export": "exportReport",
  "get /v1/alerts/export": "exportAlerts",
  "get /v1/report-schedules": "listReportSchedules",
  "post /v1/report-schedules": "createReportSchedule",
  "get /v1/report-schedules/{id}": "getReportSchedule",
  "patch /v1/report-schedules/{id}": "updateReportSchedule",
  "delete /v1/report-schedules/{id}": "deleteReportSchedule",
  "post /v1/report-schedules/{id}/send": "sendReport",
  "get /v1/report-schedules/{id}/runs": "listReportRuns",
  "patch /v1/spend": "limitEngineSpend",
  "put /v1/teams/{id}/members/{userId}": "addTeamMember",
  "delete /v1/teams/{id}/members/{userId}": "removeTeamMember",
  "post /v1/me/confirmations": "confirmMyself",
  "post /v1/me/confirmations/options": "beginMyConfirmation",
  "delete /v1/calls/{id}": "eraseCall",
  "post /v1/erasures": "eraseCaller",
  "post /v1/legal-holds": "placeLegalHold",
  "delete /v1/legal-holds/{id}": "liftLegalHold",
  "get /v1/retention": "getRetention",
  "put /v1/retention": "setRetention",
  "post /v1/calls/{id}/campaign": "chooseCallCampaign",
  "get /v1/calls/{id}/comments": "listCallComments",
  "post /v1/calls/{id}/comments": "addCallComment",
  "patch /v1/calls/{id}/comments/{commentId}": "updateCallComment",
  "delete /v1/calls/{id}/comments/{commentId}": "deleteCallComment",
  "get /v1/calls/{id}/commenters": "listCallCommenters",
  "post /v1/calls/{id}/tags": "tagCall",
  "delete /v1/calls/{id}/tags/{tag}": "untagCall",
  "post /v1/rules/try": "tryRule",
  "post /v1/scorecards/try": "tryScorecard",
  "post /v1/scorecards/{id}/publish": "publishScorecard",
  "delete /v1/scorecards/{id}": "archiveScorecard",
  "post /v1/reviews/take": "takeReview",
  "post /v1/reviews/{id}/submit": "submitReview",
  "post /v1/reviews/{id}/undo": "undoReview",
  "post /v1/reviews/{id}/escalate": "escalateReview",
  "post /v1/reviews/{id}/return": "returnReview",
  "post /v1/reviews/{id}/second-opinion": "askSecondOpinion",
  "get /v1/tasks/{id}/opinions": "getTaskOpinions",
  "put /v1/tasks/{id}/opinions": "setTaskOpinions",
  "post /v1/tasks/{id}/decide": "decideTask",
  "post /v1/tasks/{id}/assign": "assignTask",
  "post /v1/tasks/{id}/state": "changeTaskState",
  "post /v1/bulk": "changeManyCalls",
  "post /v1/jobs/{id}/undo": "undoJob",
  "post /v1/operators/{id}/references": "addOperatorReference",
  "delete /v1/operators/{id}/references/{reference}": "removeOperatorReference",
  "get /v1/quarantine": "getQuarantine",
  "get /v1/endpoints/health": "listEndpointHealth",
  "post /v1/endpoints/test": "testNamedEndpoint",
  "get /v1/endpoints/{id}/rotate-secret": "getEndpointSigning",
  "get /v1/endpoints/{id}/log": "listDeliveries",
  "get /v1/endpoints/{id}/blocked": "listBlockedCalls",
  "get /v1/endpoints/{id}/deliveries/{deliveryId}": "getDelivery",
  "post /v1/endpoints/{id}/deliveries/{deliveryId}/retry": "retryDelivery",
  "post /v1/endpoints/{id}/deliveries/{deliveryId}/release": "releaseDelivery",
  "post /v1/endpoints/{id}/deliveries/{deliveryId}/skip": "skipDelivery",
  "post /v1/endpoints/{id}/deliveries/{deliveryId}/hold": "holdDelivery",
  "post /v1/endpoints/{id}/replay": "replayEndpoint",
  "post /v1/endpoints/{id}/retry": "retryEndpoint",
  "get /v1/events/stream": "listenToEvents",
  "post /v1/company-secret": "replaceCompanySecret",
  "delete /v1/members/{id}/sessions": "endMemberSessions",
  "post /v1/invitations": "invitePeople",
  "get /v1/api-keys/permissions": "listPermissions",
  "delete /v1/api-keys/{id}": "revokeApiKey",
  "get /v1/audit-log": "listAuditEntries",
  "get /v1/audit-log/export": "exportAuditEntries",
  "post /v1/source-mappings/try": "trySourceMapping",
  "post /v1/connectors/try": "tryConnectorRules",
  "post /v1/connectors/{id}/sync": "syncConnector",
  "post /v1/connectors/{id}/sign-in": "beginConnectorSignIn",
  "post /v1/connectors/{id}/sign-in/complete": "completeConnectorSignIn",
  "post /v1/connectors/{id}/dry-run": "previewConnector",
  "get /v1/connectors/{id}/refused-files": "listConnectorRefusedFiles",
  "post /v1/connectors/{id}/refused-files/{file_id}/retry": "retryConnectorFile",
  "get /v1/inbound": "listInboundRequests",
  "get /v1/inbound/{id}": "getInboundRequest",
  "post /v1/inbound/replay": "replayInboundRequests",
  "post /v1/inbound/{id}/replay": "replayInboundRequest",
  "get /v2/webhooks/{id}/logs": "listAudianWebhookLogs",
  "post /v1/password-resets": "requestPasswordReset",
  "post /v1/password-resets/complete": "completePasswordReset",
  "patch /admin/organizations/{id}": "governOrganization",
  "get /admin/inbound": "listUnownedRequests",
  "get /admin/inbound/{id}": "getUnownedRequest",
  "get /admin/refusals": "countUnownedRefusals",
  "post /v1/test-receivers": "createTestReceiver",
  "get /v1/test-receivers/{id}": "getTestReceiver",
  "delete /v1/test-receivers/{id}": "deleteTestReceiver",
  "get /v1/samples": "getSamples",
  "post /v1/samples": "loadSamples",
  "delete /v1/samples": "removeSamples",
  "get /admin/waveforms": "getWaveformBackfill",
  "get /v1/search": "searchCalls",
  "get /admin/search": "getSearchState",
  "post /admin/search/rebuild": "rebuildSearch",
  "get /admin/master-keys": "getMasterKeys",
  "post /admin/master-keys/reseal": "resealStoredSecrets",
  "post /admin/organizations/{id}/owner-invitations": "inviteOwner",
  "get /recordings/{id}/audio": "playRecording",
  "get /webhooks/{id}/jwks.json": "getEndpointKeySet",
};

/** The last part of a path that is done to what is before it. */
const VERBS =
  /^(?:accept|archive|cancel|confirm|disable|enable|merge|pause|reassign|reject|release|replay|resend|reset|resolve|restore|resume|retire|retry|reveal|revoke|rotate|skip|test|try|unmerge|verify)(?:-|$)/;

const BY_METHOD: Record<string, string> = {
  get: "get",
  head: "head",
  post: "create",
  put: "replace",
  patch: "update",
  delete: "delete",
};

/** The `operationId`, named as a person would call it: `listCalls`, `pauseEndpoint`, `rotateSourceSecret`. */
export function operationName(method: string, path: string): string {
  const known = NAMES[`${method} ${path}`];
  if (known !== undefined) return known;
  const [version = "", ...rest] = path.split("/").filter(Boolean);
  const steps = /^(?:v1|v2|admin)$/.test(version) ? rest : [version, ...rest];
  const product = version === "v2" ? "Audian" : "";
  const names = steps.filter((step) => !step.startsWith("{"));
  const last = names.at(-1) ?? "";
  const before = `${product}${names.slice(0, -1).map(oneOf).join("")}`;
  if (method === "post" && VERBS.test(last)) {
    const [verb = "", ...object] = last.split("-");
    return `${verb}${before}${object.map(capital).join("")}`;
  }
  const isOne = steps.at(-1)?.startsWith("{") ?? false;
  if (method === "get" && !isOne && isPlural(last)) return `list${before}${words(last)}`;
  return `${BY_METHOD[method] ?? method}${before}${isOne || method !== "get" ? oneOf(last) : words(last)}`;
}

function oneOf(name: string): string {
  if (name === "me") return "My";
  const text = words(name);
  if (text.endsWith("Analyses")) return `${text.slice(0, -2)}is`;
  if (text.endsWith("ies")) return `${text.slice(0, -3)}y`;
  return isPlural(name) ? text.slice(0, -1) : text;
}

function isPlural(name: string): boolean {
  return /[^su]s$|analyses$/.test(name);
}

function words(name: string): string {
  return name.split("-").map(capital).join("");
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
