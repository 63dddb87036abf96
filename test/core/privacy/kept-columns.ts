import type { TableName } from "../../../src/db/table-name";

/**
 * The columns of the tables whose rows stay when a call is erased: somebody has looked at each, and it holds nothing of
 * a call, or src/privacy erases it there (`cleaned` in src/privacy/places.ts). A new column is added to its line only
 * after the same question. Tables that are not here lose the whole row.
 */
export const KEPT_COLUMNS: { [Name in TableName]?: string } = {
  uploads:
    "organization_id id source_id source_kind file_name media_type size received key r2_upload_id parts part_numbers tail concat call state call_id created_at expires_at",
  uploadParts: "organization_id upload_id number size attempts r2_part etag",
  inbound:
    "organization_id id source_id source_kind received_at path form headers body body_key body_size outcome reason status call_id replays",
  inbox: "id message sent_at",
  idempotencyKeys: "id organization_id claim lease_until acted fingerprint answer answer_key calls expires_at",
  connectorFiles:
    "connector_id id organization_id name version size state reason upload_id call_id attempts found_at ended_at",
  searchMarks: "call_id",
  erasedCalls: "call_id organization_id erasure_id erased_at",
  erasures:
    "organization_id id kind subject needles since state phase cursor counts actor due_at attempts lease_until claims nudge_after created_at ended_at",
  legalHolds: "organization_id id kind subject reason actor created_at",
  retentionRules: "organization_id campaign_id clocks version updated_at",
  reportCalls:
    "organization_id grain period campaign_id operator_id team_id calls inbound outbound failed timed duration_ms recorded analysed heard_ms silence_ms hold_ms long_silences split_ms operator_ms customer_ms overlap_ms interruptions risky risk_sum high critical",
  reportReviews:
    "organization_id grain period campaign_id operator_id team_id reviewer_id scorecard_id reviews scored score_sum judged passed auto_failed turned turnaround_ms worked work_ms due late sla_broken sla_violations",
  reportCriteria: "organization_id grain period campaign_id operator_id scorecard_id criteria",
  reportSchedules:
    "organization_id id name report every hour recipients tells paused due_at lease_until attempts reached sent_at trouble created_by created_at version zone weekday owner reach paused_reason",
  reportRuns:
    "organization_id id schedule_id period from_day until_day name report owner reach state letters tells told due_at attempts created_at ended_at",
  retentionPasses: "organization_id campaign_id clock cursor began_at due_at removed",
  jobs: "organization_id id action params selection actor rights address request_id state reason total done changed failed pages cursor due_at attempts lease_until claims nudge_after created_at ended_at",
  jobResults: "organization_id job_id page results",
  auditLog: "organization_id id at actor action resource_type resource_id before after address request_id",
  auditAct: "id actor address request_id at",
  operators: "id organization_id name folded_name needs_review merged_into created_at",
  operatorReferences: "organization_id reference operator_id created_at",
  operatorMoves:
    "organization_id id from_id into_id kind state cursor moved due_at attempts lease_until claims nudge_after created_at completed_at",
  savedViews: "organization_id id user_id list name query shared version created_at updated_at",
  defaultViews: "organization_id user_id list view_id",
  campaigns: "id organization_id number name settings created_at archived_at",
  campaignActions: "campaign_id organization_id actions secrets version updated_at",
  teams: "id organization_id name folded_name created_at",
  teamMembers: "organization_id team_id user_id created_at",
  absences: "organization_id reviewer_id until created_at",
  assignmentTurns: "organization_id campaign_id turns writer",
  sampleCounts: "organization_id campaign_id week operator_id taken",
  slaPolicies: "organization_id id name measure seconds campaigns hours swept_until created_at archived_at",
  scorecards: "organization_id id version name state campaigns definition created_at published_at archived_at",
  rules: "organization_id id name campaign_id enabled weight script conditions version created_at updated_at",
  sources: "id organization_id kind name campaign_id settings secrets credentials state created_at deleted_at",
  connectors:
    "id organization_id kind name campaign_id source_id settings credentials state poll_seconds cursor due_at last_run_at last_ok_at trouble imported refused left_files looks failures created_at deleted_at",
  endpoints:
    "id organization_id url description profile payload_version method headers template events filters ordering settings shards active paused disabled_reason disabled_at secrets version created_at updated_at deleted_at objects_sealed_with",
  engines: "id organization_id name kind settings credentials created_at",
  spendCaps: "organization_id micros_per_month created_at",
  testReceivers: "id organization_id created_at expires_at received",
  reconciliations:
    "organization_id source_id id asked from_at until_at state reason cursor listed missing due_at attempts lease_until claims created_at ended_at",
  organizations: "id name created_at require_second_factor plan naming usage_alert_dollars redact",
  apiKeys:
    "id organization_id name prefix hash campaign_id created_at revoked_at scopes role source_id expires_at last_used_at created_by rotated_to allowed_origins",
  tokenIssuers:
    "id organization_id name issuer audience keys_url algorithms rules version created_at created_by updated_at",
  tokenIssuerKeys: "issuer_id url asked_at keys fetched_at error",
  companySecrets: "organization_id secrets updated_at",
  secretReveals: "organization_id id endpoint_id api_key_id revealed_at",
  users: "id email name locale password_hash created_at",
  memberships: "organization_id user_id role campaigns teams operator_id created_at disabled_at",
  sessions:
    "hash id user_id organization_id strength created_at confirmed_at last_used_at expires_at address user_agent",
  rememberedBrowsers: "id user_id created_at last_used_at expires_at address user_agent",
  invitations: "hash id organization_id email role campaigns teams created_at created_by expires_at mailed_at",
  signInAttempts: "name since count",
  userTotp: "user_id secret totp_step created_at confirmed_at",
  passkeys: "id user_id credential_id rp_id public_key counter transports synced name created_at last_used_at",
  recoveryCodes: "user_id hash created_at",
  challenges: "challenge purpose user_id expires_at",
  secondSteps: "hash user_id expires_at",
  codeAttempts: "user_id since count",
  passwordResets: "hash user_id created_at expires_at",
  masterKeyVersions: "version seen_at",
  mutedNotifications: "organization_id user_id kind",
  notificationDigests: "organization_id user_id due_at covered_until language",
  eventListeners: "organization_id until",
  tagCounts: "organization_id tag campaign_id operator_id calls",
  endpointHealth:
    "endpoint_id object organization_id backlog oldest_due_at last_success_at last_failure_at failing_since failure_code failure_status failures updated_at",
  endpointHours: "endpoint_id hour organization_id attempts delivered failed parked latencies",
  sourceCounts: "organization_id source_id source_kind hour outcome reason requests last_at",
  requestQuotas: "organization_id hour leased outstanding granted",
  engineSpend: "organization_id month engine audio_ms micros",
  usageDays: "organization_id day campaign_id calls recordings bytes",
  usageEngines: "organization_id day campaign_id engine analyses audio_ms micros",
  usageDeliveries: "organization_id day delivered attempts",
  usageMarks: "organization_id day",
  reportMarks: "organization_id grain period until",
  usageAlerts: "organization_id month dollars crossed_at",
  apiHours: "organization_id hour requests limited failed last_at",
  deadLetters: "queue hour messages last_at",
  sweepRuns: "name began_at ended_at failed",
  healthAlarms: "figure value since notified_at",
};
