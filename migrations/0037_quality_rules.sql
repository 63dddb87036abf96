CREATE TABLE `absences` (
	`organization_id` text NOT NULL,
	`reviewer_id` text NOT NULL,
	`until` integer,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `reviewer_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `assignment_turns` (
	`organization_id` text NOT NULL,
	`campaign_id` text NOT NULL,
	`turns` text NOT NULL,
	`writer` text NOT NULL,
	PRIMARY KEY(`organization_id`, `campaign_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `consensuses` (
	`organization_id` text NOT NULL,
	`call_id` text NOT NULL,
	`state` text NOT NULL,
	`wanted` integer NOT NULL,
	`max_spread` real NOT NULL,
	`asked_by` text NOT NULL,
	`spread` real,
	`score` real,
	`passed` integer,
	`created_at` integer NOT NULL,
	`decided_at` integer,
	`writer` text NOT NULL,
	PRIMARY KEY(`organization_id`, `call_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `sample_counts` (
	`organization_id` text NOT NULL,
	`campaign_id` text NOT NULL,
	`week` integer NOT NULL,
	`operator_id` text NOT NULL,
	`taken` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `campaign_id`, `week`, `operator_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `sla_policies` (
	`organization_id` text NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`measure` text NOT NULL,
	`seconds` integer NOT NULL,
	`campaigns` text,
	`hours` text,
	`swept_until` integer NOT NULL,
	`created_at` integer NOT NULL,
	`archived_at` integer,
	PRIMARY KEY(`organization_id`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `sla_violations` (
	`organization_id` text NOT NULL,
	`policy_id` text NOT NULL,
	`object_id` text NOT NULL,
	`call_id` text NOT NULL,
	`campaign_id` text,
	`operator_id` text,
	`reviewer_id` text,
	`started_at` integer NOT NULL,
	`due_at` integer NOT NULL,
	`noted_at` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `policy_id`, `object_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `sla_violations_by_time` ON `sla_violations` (`organization_id`,`noted_at`,`policy_id`,`object_id`);--> statement-breakpoint
CREATE INDEX `sla_violations_by_call` ON `sla_violations` (`call_id`);--> statement-breakpoint
ALTER TABLE `tasks` ADD `assign_at` integer;--> statement-breakpoint
ALTER TABLE `tasks` ADD `blind` integer DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX `tasks_to_assign` ON `tasks` (`assign_at`) WHERE state = 'open' AND assign_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX `tasks_given` ON `tasks` (`organization_id`,`created_at`) WHERE state = 'open' AND assignee_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX `tasks_escalated` ON `tasks` (`organization_id`,`escalated_at`) WHERE state = 'open' AND escalated_at IS NOT NULL;--> statement-breakpoint
ALTER TABLE `notification_causes` ADD `user_id` text;--> statement-breakpoint
ALTER TABLE `reviews` ADD `prefill` text;
--> statement-breakpoint
CREATE TRIGGER audit_absences_insert AFTER INSERT ON absences
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'absence.created', 'absence', NEW.reviewer_id,
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('reviewer_id', json_quote(NEW.reviewer_id), TRUE),
      ('until', json_quote(NEW.until), TRUE),
      ('created_at', json_quote(NEW.created_at), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_absences_update AFTER UPDATE OF reviewer_id, until, created_at ON absences
WHEN (OLD.reviewer_id IS NOT NEW.reviewer_id OR OLD.until IS NOT NEW.until OR OLD.created_at IS NOT NEW.created_at)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'absence.updated', 'absence', NEW.reviewer_id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('reviewer_id', json_quote(OLD.reviewer_id), OLD.reviewer_id IS NOT NEW.reviewer_id),
      ('until', json_quote(OLD.until), OLD.until IS NOT NEW.until),
      ('created_at', json_quote(OLD.created_at), OLD.created_at IS NOT NEW.created_at)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('reviewer_id', json_quote(NEW.reviewer_id), OLD.reviewer_id IS NOT NEW.reviewer_id),
      ('until', json_quote(NEW.until), OLD.until IS NOT NEW.until),
      ('created_at', json_quote(NEW.created_at), OLD.created_at IS NOT NEW.created_at)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_absences_delete AFTER DELETE ON absences
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT OLD.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'absence.deleted', 'absence', OLD.reviewer_id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('reviewer_id', json_quote(OLD.reviewer_id), TRUE),
      ('until', json_quote(OLD.until), TRUE),
      ('created_at', json_quote(OLD.created_at), TRUE)) WHERE column3),
    NULL,
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_consensuses_insert AFTER INSERT ON consensuses
WHEN EXISTS (SELECT 1 FROM audit_act)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'consensus.created', 'consensus', NEW.call_id,
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('call_id', json_quote(NEW.call_id), TRUE),
      ('wanted', json_quote(NEW.wanted), TRUE),
      ('max_spread', json_quote(NEW.max_spread), TRUE),
      ('asked_by', json_quote(NEW.asked_by), TRUE),
      ('created_at', json_quote(NEW.created_at), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_consensuses_update AFTER UPDATE OF call_id, wanted, max_spread, asked_by, created_at ON consensuses
WHEN (OLD.call_id IS NOT NEW.call_id OR OLD.wanted IS NOT NEW.wanted OR OLD.max_spread IS NOT NEW.max_spread OR OLD.asked_by IS NOT NEW.asked_by OR OLD.created_at IS NOT NEW.created_at) AND EXISTS (SELECT 1 FROM audit_act)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'consensus.updated', 'consensus', NEW.call_id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('call_id', json_quote(OLD.call_id), OLD.call_id IS NOT NEW.call_id),
      ('wanted', json_quote(OLD.wanted), OLD.wanted IS NOT NEW.wanted),
      ('max_spread', json_quote(OLD.max_spread), OLD.max_spread IS NOT NEW.max_spread),
      ('asked_by', json_quote(OLD.asked_by), OLD.asked_by IS NOT NEW.asked_by),
      ('created_at', json_quote(OLD.created_at), OLD.created_at IS NOT NEW.created_at)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('call_id', json_quote(NEW.call_id), OLD.call_id IS NOT NEW.call_id),
      ('wanted', json_quote(NEW.wanted), OLD.wanted IS NOT NEW.wanted),
      ('max_spread', json_quote(NEW.max_spread), OLD.max_spread IS NOT NEW.max_spread),
      ('asked_by', json_quote(NEW.asked_by), OLD.asked_by IS NOT NEW.asked_by),
      ('created_at', json_quote(NEW.created_at), OLD.created_at IS NOT NEW.created_at)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_sla_policies_insert AFTER INSERT ON sla_policies
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'sla_policy.created', 'sla_policy', NEW.id,
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), TRUE),
      ('name', json_quote(NEW.name), TRUE),
      ('measure', json_quote(NEW.measure), TRUE),
      ('seconds', json_quote(NEW.seconds), TRUE),
      ('campaigns', CASE WHEN json_valid(NEW.campaigns) THEN NEW.campaigns ELSE json_quote(NEW.campaigns) END, TRUE),
      ('hours', CASE WHEN json_valid(NEW.hours) THEN NEW.hours ELSE json_quote(NEW.hours) END, TRUE),
      ('created_at', json_quote(NEW.created_at), TRUE),
      ('archived_at', json_quote(NEW.archived_at), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_sla_policies_update AFTER UPDATE OF id, name, measure, seconds, campaigns, hours, created_at, archived_at ON sla_policies
WHEN (OLD.id IS NOT NEW.id OR OLD.name IS NOT NEW.name OR OLD.measure IS NOT NEW.measure OR OLD.seconds IS NOT NEW.seconds OR OLD.campaigns IS NOT NEW.campaigns OR OLD.hours IS NOT NEW.hours OR OLD.created_at IS NOT NEW.created_at OR OLD.archived_at IS NOT NEW.archived_at)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    CASE WHEN OLD.archived_at IS NOT NEW.archived_at AND NEW.archived_at IS NOT NULL THEN 'sla_policy.archived' ELSE 'sla_policy.updated' END, 'sla_policy', NEW.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), OLD.id IS NOT NEW.id),
      ('name', json_quote(OLD.name), OLD.name IS NOT NEW.name),
      ('measure', json_quote(OLD.measure), OLD.measure IS NOT NEW.measure),
      ('seconds', json_quote(OLD.seconds), OLD.seconds IS NOT NEW.seconds),
      ('campaigns', CASE WHEN json_valid(OLD.campaigns) THEN OLD.campaigns ELSE json_quote(OLD.campaigns) END, OLD.campaigns IS NOT NEW.campaigns),
      ('hours', CASE WHEN json_valid(OLD.hours) THEN OLD.hours ELSE json_quote(OLD.hours) END, OLD.hours IS NOT NEW.hours),
      ('created_at', json_quote(OLD.created_at), OLD.created_at IS NOT NEW.created_at),
      ('archived_at', json_quote(OLD.archived_at), OLD.archived_at IS NOT NEW.archived_at)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), OLD.id IS NOT NEW.id),
      ('name', json_quote(NEW.name), OLD.name IS NOT NEW.name),
      ('measure', json_quote(NEW.measure), OLD.measure IS NOT NEW.measure),
      ('seconds', json_quote(NEW.seconds), OLD.seconds IS NOT NEW.seconds),
      ('campaigns', CASE WHEN json_valid(NEW.campaigns) THEN NEW.campaigns ELSE json_quote(NEW.campaigns) END, OLD.campaigns IS NOT NEW.campaigns),
      ('hours', CASE WHEN json_valid(NEW.hours) THEN NEW.hours ELSE json_quote(NEW.hours) END, OLD.hours IS NOT NEW.hours),
      ('created_at', json_quote(NEW.created_at), OLD.created_at IS NOT NEW.created_at),
      ('archived_at', json_quote(NEW.archived_at), OLD.archived_at IS NOT NEW.archived_at)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_sla_policies_delete AFTER DELETE ON sla_policies
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT OLD.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'sla_policy.deleted', 'sla_policy', OLD.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), TRUE),
      ('name', json_quote(OLD.name), TRUE),
      ('measure', json_quote(OLD.measure), TRUE),
      ('seconds', json_quote(OLD.seconds), TRUE),
      ('campaigns', CASE WHEN json_valid(OLD.campaigns) THEN OLD.campaigns ELSE json_quote(OLD.campaigns) END, TRUE),
      ('hours', CASE WHEN json_valid(OLD.hours) THEN OLD.hours ELSE json_quote(OLD.hours) END, TRUE),
      ('created_at', json_quote(OLD.created_at), TRUE),
      ('archived_at', json_quote(OLD.archived_at), TRUE)) WHERE column3),
    NULL,
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
