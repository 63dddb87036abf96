CREATE TABLE `retention_rules` (
	`organization_id` text NOT NULL,
	`campaign_id` text NOT NULL,
	`clocks` text NOT NULL,
	`version` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `campaign_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `report_calls` (
	`organization_id` text NOT NULL,
	`grain` text NOT NULL,
	`period` integer NOT NULL,
	`campaign_id` text NOT NULL,
	`operator_id` text NOT NULL,
	`team_id` text NOT NULL,
	`calls` integer NOT NULL,
	`inbound` integer NOT NULL,
	`outbound` integer NOT NULL,
	`failed` integer NOT NULL,
	`timed` integer NOT NULL,
	`duration_ms` integer NOT NULL,
	`recorded` integer NOT NULL,
	`analysed` integer NOT NULL,
	`heard_ms` integer NOT NULL,
	`silence_ms` integer NOT NULL,
	`hold_ms` integer NOT NULL,
	`long_silences` integer NOT NULL,
	`split_ms` integer NOT NULL,
	`operator_ms` integer NOT NULL,
	`customer_ms` integer NOT NULL,
	`overlap_ms` integer NOT NULL,
	`interruptions` integer NOT NULL,
	`risky` integer NOT NULL,
	`risk_sum` integer NOT NULL,
	`high` integer NOT NULL,
	`critical` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `grain`, `period`, `campaign_id`, `operator_id`, `team_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `report_criteria` (
	`organization_id` text NOT NULL,
	`grain` text NOT NULL,
	`period` integer NOT NULL,
	`campaign_id` text NOT NULL,
	`operator_id` text NOT NULL,
	`scorecard_id` text NOT NULL,
	`criteria` text NOT NULL,
	PRIMARY KEY(`organization_id`, `grain`, `period`, `campaign_id`, `operator_id`, `scorecard_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `report_reviews` (
	`organization_id` text NOT NULL,
	`grain` text NOT NULL,
	`period` integer NOT NULL,
	`campaign_id` text NOT NULL,
	`operator_id` text NOT NULL,
	`team_id` text NOT NULL,
	`reviewer_id` text NOT NULL,
	`scorecard_id` text NOT NULL,
	`reviews` integer NOT NULL,
	`scored` integer NOT NULL,
	`score_sum` integer NOT NULL,
	`judged` integer NOT NULL,
	`passed` integer NOT NULL,
	`auto_failed` integer NOT NULL,
	`turned` integer NOT NULL,
	`turnaround_ms` integer NOT NULL,
	`worked` integer NOT NULL,
	`work_ms` integer NOT NULL,
	`due` integer NOT NULL,
	`late` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `grain`, `period`, `campaign_id`, `operator_id`, `team_id`, `reviewer_id`, `scorecard_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `report_schedules` (
	`organization_id` text NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`report` text NOT NULL,
	`every` text NOT NULL,
	`hour` integer NOT NULL,
	`recipients` text NOT NULL,
	`tells` integer NOT NULL,
	`paused` integer NOT NULL,
	`due_at` integer NOT NULL,
	`lease_until` integer NOT NULL,
	`attempts` integer NOT NULL,
	`reached` text NOT NULL,
	`sent_at` integer,
	`trouble` text,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`version` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `report_schedules_due` ON `report_schedules` (`due_at`);--> statement-breakpoint
CREATE INDEX `reviews_completed` ON `reviews` (`organization_id`,`completed_at`) WHERE state = 'completed';
--> statement-breakpoint
-- Days from before are counted too. The index by time has all that is read of calls.
INSERT INTO usage_marks (organization_id, day)
SELECT DISTINCT organization_id, started_at / 86400000 FROM calls WHERE TRUE ON CONFLICT DO NOTHING;
--> statement-breakpoint
INSERT INTO usage_marks (organization_id, day)
SELECT DISTINCT organization_id, completed_at / 86400000 FROM reviews WHERE state = 'completed' AND completed_at IS NOT NULL
ON CONFLICT DO NOTHING;

--> statement-breakpoint
DROP TRIGGER usage_calls_update;
--> statement-breakpoint
DROP TRIGGER usage_analyses_update;
--> statement-breakpoint
CREATE TRIGGER audit_retention_rules_insert AFTER INSERT ON retention_rules
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'retention.created', 'retention', iif(NEW.campaign_id = '', NEW.organization_id, NEW.campaign_id),
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('campaign_id', json_quote(NEW.campaign_id), TRUE),
      ('clocks', CASE WHEN json_valid(NEW.clocks) THEN NEW.clocks ELSE json_quote(NEW.clocks) END, TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_retention_rules_update AFTER UPDATE OF campaign_id, clocks ON retention_rules
WHEN (OLD.campaign_id IS NOT NEW.campaign_id OR OLD.clocks IS NOT NEW.clocks)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'retention.updated', 'retention', iif(NEW.campaign_id = '', NEW.organization_id, NEW.campaign_id),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('campaign_id', json_quote(OLD.campaign_id), OLD.campaign_id IS NOT NEW.campaign_id),
      ('clocks', CASE WHEN json_valid(OLD.clocks) THEN OLD.clocks ELSE json_quote(OLD.clocks) END, OLD.clocks IS NOT NEW.clocks)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('campaign_id', json_quote(NEW.campaign_id), OLD.campaign_id IS NOT NEW.campaign_id),
      ('clocks', CASE WHEN json_valid(NEW.clocks) THEN NEW.clocks ELSE json_quote(NEW.clocks) END, OLD.clocks IS NOT NEW.clocks)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_retention_rules_delete AFTER DELETE ON retention_rules
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT OLD.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'retention.deleted', 'retention', iif(OLD.campaign_id = '', OLD.organization_id, OLD.campaign_id),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('campaign_id', json_quote(OLD.campaign_id), TRUE),
      ('clocks', CASE WHEN json_valid(OLD.clocks) THEN OLD.clocks ELSE json_quote(OLD.clocks) END, TRUE)) WHERE column3),
    NULL,
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_report_schedules_insert AFTER INSERT ON report_schedules
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'report_schedule.created', 'report_schedule', NEW.id,
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), TRUE),
      ('name', json_quote(NEW.name), TRUE),
      ('report', CASE WHEN json_valid(NEW.report) THEN NEW.report ELSE json_quote(NEW.report) END, TRUE),
      ('every', json_quote(NEW.every), TRUE),
      ('hour', json_quote(NEW.hour), TRUE),
      ('recipients', CASE WHEN json_valid(NEW.recipients) THEN NEW.recipients ELSE json_quote(NEW.recipients) END, TRUE),
      ('tells', CASE WHEN NEW.tells THEN 'true' ELSE 'false' END, TRUE),
      ('paused', CASE WHEN NEW.paused THEN 'true' ELSE 'false' END, TRUE),
      ('created_by', json_quote(NEW.created_by), TRUE),
      ('created_at', json_quote(NEW.created_at), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_report_schedules_update AFTER UPDATE OF id, name, report, every, hour, recipients, tells, paused, created_by, created_at ON report_schedules
WHEN (OLD.id IS NOT NEW.id OR OLD.name IS NOT NEW.name OR OLD.report IS NOT NEW.report OR OLD.every IS NOT NEW.every OR OLD.hour IS NOT NEW.hour OR OLD.recipients IS NOT NEW.recipients OR OLD.tells IS NOT NEW.tells OR OLD.paused IS NOT NEW.paused OR OLD.created_by IS NOT NEW.created_by OR OLD.created_at IS NOT NEW.created_at)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'report_schedule.updated', 'report_schedule', NEW.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), OLD.id IS NOT NEW.id),
      ('name', json_quote(OLD.name), OLD.name IS NOT NEW.name),
      ('report', CASE WHEN json_valid(OLD.report) THEN OLD.report ELSE json_quote(OLD.report) END, OLD.report IS NOT NEW.report),
      ('every', json_quote(OLD.every), OLD.every IS NOT NEW.every),
      ('hour', json_quote(OLD.hour), OLD.hour IS NOT NEW.hour),
      ('recipients', CASE WHEN json_valid(OLD.recipients) THEN OLD.recipients ELSE json_quote(OLD.recipients) END, OLD.recipients IS NOT NEW.recipients),
      ('tells', CASE WHEN OLD.tells THEN 'true' ELSE 'false' END, OLD.tells IS NOT NEW.tells),
      ('paused', CASE WHEN OLD.paused THEN 'true' ELSE 'false' END, OLD.paused IS NOT NEW.paused),
      ('created_by', json_quote(OLD.created_by), OLD.created_by IS NOT NEW.created_by),
      ('created_at', json_quote(OLD.created_at), OLD.created_at IS NOT NEW.created_at)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), OLD.id IS NOT NEW.id),
      ('name', json_quote(NEW.name), OLD.name IS NOT NEW.name),
      ('report', CASE WHEN json_valid(NEW.report) THEN NEW.report ELSE json_quote(NEW.report) END, OLD.report IS NOT NEW.report),
      ('every', json_quote(NEW.every), OLD.every IS NOT NEW.every),
      ('hour', json_quote(NEW.hour), OLD.hour IS NOT NEW.hour),
      ('recipients', CASE WHEN json_valid(NEW.recipients) THEN NEW.recipients ELSE json_quote(NEW.recipients) END, OLD.recipients IS NOT NEW.recipients),
      ('tells', CASE WHEN NEW.tells THEN 'true' ELSE 'false' END, OLD.tells IS NOT NEW.tells),
      ('paused', CASE WHEN NEW.paused THEN 'true' ELSE 'false' END, OLD.paused IS NOT NEW.paused),
      ('created_by', json_quote(NEW.created_by), OLD.created_by IS NOT NEW.created_by),
      ('created_at', json_quote(NEW.created_at), OLD.created_at IS NOT NEW.created_at)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_report_schedules_delete AFTER DELETE ON report_schedules
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT OLD.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'report_schedule.deleted', 'report_schedule', OLD.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), TRUE),
      ('name', json_quote(OLD.name), TRUE),
      ('report', CASE WHEN json_valid(OLD.report) THEN OLD.report ELSE json_quote(OLD.report) END, TRUE),
      ('every', json_quote(OLD.every), TRUE),
      ('hour', json_quote(OLD.hour), TRUE),
      ('recipients', CASE WHEN json_valid(OLD.recipients) THEN OLD.recipients ELSE json_quote(OLD.recipients) END, TRUE),
      ('tells', CASE WHEN OLD.tells THEN 'true' ELSE 'false' END, TRUE),
      ('paused', CASE WHEN OLD.paused THEN 'true' ELSE 'false' END, TRUE),
      ('created_by', json_quote(OLD.created_by), TRUE),
      ('created_at', json_quote(OLD.created_at), TRUE)) WHERE column3),
    NULL,
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER usage_calls_update AFTER UPDATE OF campaign_id, operator_id, started_at, state, direction, duration_seconds, risk_score ON calls
BEGIN
  INSERT INTO usage_marks (organization_id, day) SELECT OLD.organization_id, OLD.started_at / 86400000 WHERE TRUE ON CONFLICT DO NOTHING;
  INSERT INTO usage_marks (organization_id, day) SELECT NEW.organization_id, NEW.started_at / 86400000 WHERE TRUE ON CONFLICT DO NOTHING;
END;
--> statement-breakpoint
CREATE TRIGGER usage_analyses_update AFTER UPDATE OF state, findings, risk ON analyses
BEGIN
  INSERT INTO usage_marks (organization_id, day) SELECT organization_id, started_at / 86400000 FROM calls WHERE id = NEW.call_id ON CONFLICT DO NOTHING;
END;
--> statement-breakpoint
CREATE TRIGGER usage_reviews_insert AFTER INSERT ON reviews
BEGIN
  INSERT INTO usage_marks (organization_id, day) SELECT NEW.organization_id, NEW.completed_at / 86400000 WHERE NEW.completed_at IS NOT NULL ON CONFLICT DO NOTHING;
END;
--> statement-breakpoint
CREATE TRIGGER usage_reviews_update AFTER UPDATE OF campaign_id, operator_id, reviewer_id, state, scorecard_id, result, score, passed, due_at, started_at, submitted_at, completed_at ON reviews
BEGIN
  INSERT INTO usage_marks (organization_id, day) SELECT OLD.organization_id, OLD.completed_at / 86400000 WHERE OLD.completed_at IS NOT NULL ON CONFLICT DO NOTHING;
  INSERT INTO usage_marks (organization_id, day) SELECT NEW.organization_id, NEW.completed_at / 86400000 WHERE NEW.completed_at IS NOT NULL ON CONFLICT DO NOTHING;
END;
--> statement-breakpoint
CREATE TRIGGER usage_reviews_delete AFTER DELETE ON reviews
BEGIN
  INSERT INTO usage_marks (organization_id, day) SELECT OLD.organization_id, OLD.completed_at / 86400000 WHERE OLD.completed_at IS NOT NULL ON CONFLICT DO NOTHING;
END;
--> statement-breakpoint
CREATE TRIGGER usage_tasks_insert AFTER INSERT ON tasks
WHEN NEW.team_id IS NOT NULL
BEGIN
  INSERT INTO usage_marks (organization_id, day) SELECT organization_id, started_at / 86400000 FROM calls WHERE id = NEW.call_id ON CONFLICT DO NOTHING;
  INSERT INTO usage_marks (organization_id, day) SELECT organization_id, completed_at / 86400000 FROM reviews WHERE call_id = NEW.call_id AND completed_at IS NOT NULL ON CONFLICT DO NOTHING;
END;
--> statement-breakpoint
CREATE TRIGGER usage_tasks_update AFTER UPDATE OF team_id ON tasks
BEGIN
  INSERT INTO usage_marks (organization_id, day) SELECT organization_id, started_at / 86400000 FROM calls WHERE id = NEW.call_id ON CONFLICT DO NOTHING;
  INSERT INTO usage_marks (organization_id, day) SELECT organization_id, completed_at / 86400000 FROM reviews WHERE call_id = NEW.call_id AND completed_at IS NOT NULL ON CONFLICT DO NOTHING;
END;
