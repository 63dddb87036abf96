export {
  newSchedule,
  scheduleChanges,
  SCHEDULE_LIMITS,
  SCHEDULED_KINDS,
  type NewSchedule,
  type ScheduleChanges,
} from "./input";
export { openReportLink, type SentReport } from "./link";
export { lastSending, nextSending, type Plan } from "./plan";
export {
  createSchedule,
  deleteSchedule,
  listRuns,
  listSchedules,
  MOST_SCHEDULES,
  readSchedule,
  sendNow,
  updateSchedule,
  type RunRow,
  type ScheduleRow,
} from "./schedules";
export { forgetOldRuns, sendDueReports, type ReportLetter, type SendReport } from "./send";
export { PAUSED_BECAUSE, recipientsAmong, type PausedBecause, type Recipient } from "./standing";
