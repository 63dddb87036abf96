CREATE TABLE `report_runs` (
	`organization_id` text NOT NULL,
	`id` text NOT NULL,
	`schedule_id` text NOT NULL,
	`period` text NOT NULL,
	`from_day` integer NOT NULL,
	`until_day` integer NOT NULL,
	`name` text NOT NULL,
	`report` text NOT NULL,
	`owner` text NOT NULL,
	`reach` text NOT NULL,
	`state` text NOT NULL,
	`letters` text NOT NULL,
	`tells` integer NOT NULL,
	`told` integer NOT NULL,
	`due_at` integer NOT NULL,
	`attempts` integer NOT NULL,
	`created_at` integer NOT NULL,
	`ended_at` integer,
	PRIMARY KEY(`organization_id`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `report_runs_period` ON `report_runs` (`organization_id`,`schedule_id`,`period`);--> statement-breakpoint
CREATE INDEX `report_runs_open` ON `report_runs` (`due_at`) WHERE state = 'open';--> statement-breakpoint
ALTER TABLE `report_reviews` ADD `sla_broken` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `report_reviews` ADD `sla_violations` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `report_schedules` ADD `zone` text DEFAULT 'UTC' NOT NULL;--> statement-breakpoint
ALTER TABLE `report_schedules` ADD `weekday` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `report_schedules` ADD `owner` text DEFAULT '{"kind":"system","id":""}' NOT NULL;--> statement-breakpoint
ALTER TABLE `report_schedules` ADD `reach` text DEFAULT '{"campaigns":[],"operators":[]}' NOT NULL;--> statement-breakpoint
ALTER TABLE `report_schedules` ADD `paused_reason` text;
--> statement-breakpoint
DROP TRIGGER audit_report_schedules_insert;
--> statement-breakpoint
DROP TRIGGER audit_report_schedules_update;
--> statement-breakpoint
DROP TRIGGER audit_report_schedules_delete;
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
      ('created_at', json_quote(NEW.created_at), TRUE),
      ('zone', json_quote(NEW.zone), TRUE),
      ('weekday', json_quote(NEW.weekday), TRUE),
      ('owner', CASE WHEN json_valid(NEW.owner) THEN NEW.owner ELSE json_quote(NEW.owner) END, TRUE),
      ('reach', CASE WHEN json_valid(NEW.reach) THEN NEW.reach ELSE json_quote(NEW.reach) END, TRUE),
      ('paused_reason', json_quote(NEW.paused_reason), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_report_schedules_update AFTER UPDATE OF id, name, report, every, hour, recipients, tells, paused, created_by, created_at, zone, weekday, owner, reach, paused_reason ON report_schedules
WHEN (OLD.id IS NOT NEW.id OR OLD.name IS NOT NEW.name OR OLD.report IS NOT NEW.report OR OLD.every IS NOT NEW.every OR OLD.hour IS NOT NEW.hour OR OLD.recipients IS NOT NEW.recipients OR OLD.tells IS NOT NEW.tells OR OLD.paused IS NOT NEW.paused OR OLD.created_by IS NOT NEW.created_by OR OLD.created_at IS NOT NEW.created_at OR OLD.zone IS NOT NEW.zone OR OLD.weekday IS NOT NEW.weekday OR OLD.owner IS NOT NEW.owner OR OLD.reach IS NOT NEW.reach OR OLD.paused_reason IS NOT NEW.paused_reason)
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
      ('created_at', json_quote(OLD.created_at), OLD.created_at IS NOT NEW.created_at),
      ('zone', json_quote(OLD.zone), OLD.zone IS NOT NEW.zone),
      ('weekday', json_quote(OLD.weekday), OLD.weekday IS NOT NEW.weekday),
      ('owner', CASE WHEN json_valid(OLD.owner) THEN OLD.owner ELSE json_quote(OLD.owner) END, OLD.owner IS NOT NEW.owner),
      ('reach', CASE WHEN json_valid(OLD.reach) THEN OLD.reach ELSE json_quote(OLD.reach) END, OLD.reach IS NOT NEW.reach),
      ('paused_reason', json_quote(OLD.paused_reason), OLD.paused_reason IS NOT NEW.paused_reason)) WHERE column3),
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
      ('created_at', json_quote(NEW.created_at), OLD.created_at IS NOT NEW.created_at),
      ('zone', json_quote(NEW.zone), OLD.zone IS NOT NEW.zone),
      ('weekday', json_quote(NEW.weekday), OLD.weekday IS NOT NEW.weekday),
      ('owner', CASE WHEN json_valid(NEW.owner) THEN NEW.owner ELSE json_quote(NEW.owner) END, OLD.owner IS NOT NEW.owner),
      ('reach', CASE WHEN json_valid(NEW.reach) THEN NEW.reach ELSE json_quote(NEW.reach) END, OLD.reach IS NOT NEW.reach),
      ('paused_reason', json_quote(NEW.paused_reason), OLD.paused_reason IS NOT NEW.paused_reason)) WHERE column3),
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
      ('created_at', json_quote(OLD.created_at), TRUE),
      ('zone', json_quote(OLD.zone), TRUE),
      ('weekday', json_quote(OLD.weekday), TRUE),
      ('owner', CASE WHEN json_valid(OLD.owner) THEN OLD.owner ELSE json_quote(OLD.owner) END, TRUE),
      ('reach', CASE WHEN json_valid(OLD.reach) THEN OLD.reach ELSE json_quote(OLD.reach) END, TRUE),
      ('paused_reason', json_quote(OLD.paused_reason), TRUE)) WHERE column3),
    NULL,
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER usage_sla_insert AFTER INSERT ON sla_violations
BEGIN
  INSERT INTO usage_marks (organization_id, day) SELECT organization_id, completed_at / 86400000 FROM reviews WHERE call_id = NEW.call_id AND completed_at IS NOT NULL ON CONFLICT DO NOTHING;
END;
--> statement-breakpoint
-- Days on which something was late are counted once more, now with their service levels.
INSERT INTO usage_marks (organization_id, day)
  SELECT DISTINCT reviews.organization_id, reviews.completed_at / 86400000
  FROM sla_violations JOIN reviews ON reviews.call_id = sla_violations.call_id
  WHERE reviews.completed_at IS NOT NULL ON CONFLICT DO NOTHING;
