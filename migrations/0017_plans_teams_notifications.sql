CREATE TABLE `team_members` (
	`organization_id` text NOT NULL,
	`team_id` text NOT NULL,
	`user_id` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `team_id`, `user_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `teams` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`name` text NOT NULL,
	`folded_name` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `teams_by_folded_name` ON `teams` (`organization_id`,`folded_name`);--> statement-breakpoint
CREATE INDEX `teams_by_organization` ON `teams` (`organization_id`,`id`);--> statement-breakpoint
CREATE TABLE `muted_notifications` (
	`organization_id` text NOT NULL,
	`user_id` text NOT NULL,
	`kind` text NOT NULL,
	PRIMARY KEY(`organization_id`, `user_id`, `kind`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `notification_causes` (
	`organization_id` text NOT NULL,
	`cause` text NOT NULL,
	`kind` text NOT NULL,
	`subject_id` text NOT NULL,
	`campaign_id` text,
	`operator_id` text,
	`team_id` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `cause`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `notification_digests` (
	`organization_id` text NOT NULL,
	`user_id` text NOT NULL,
	`due_at` integer NOT NULL,
	`covered_until` integer NOT NULL,
	`language` text NOT NULL,
	PRIMARY KEY(`organization_id`, `user_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `notification_digests_due` ON `notification_digests` (`due_at`);--> statement-breakpoint
CREATE TABLE `notifications` (
	`organization_id` text NOT NULL,
	`user_id` text NOT NULL,
	`cause` text NOT NULL,
	`kind` text NOT NULL,
	`subject_id` text NOT NULL,
	`campaign_id` text,
	`operator_id` text,
	`team_id` text,
	`created_at` integer NOT NULL,
	`read_at` integer,
	PRIMARY KEY(`organization_id`, `user_id`, `cause`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `notifications_by_time` ON `notifications` (`organization_id`,`user_id`,`created_at`,`cause`);--> statement-breakpoint
CREATE INDEX `notifications_unread` ON `notifications` (`organization_id`,`user_id`,`created_at`,`cause`) WHERE read_at IS NULL;--> statement-breakpoint
ALTER TABLE `tasks` ADD `team_id` text;--> statement-breakpoint
ALTER TABLE `tasks` ADD `team_name` text;--> statement-breakpoint
CREATE INDEX `tasks_open_by_team` ON `tasks` (`team_id`) WHERE state = 'open' AND team_id IS NOT NULL;--> statement-breakpoint
ALTER TABLE `organizations` ADD `plan` text DEFAULT 'standard' NOT NULL;
--> statement-breakpoint
DROP TRIGGER audit_organizations_insert;
--> statement-breakpoint
DROP TRIGGER audit_organizations_update;
--> statement-breakpoint
DROP TRIGGER audit_organizations_delete;
--> statement-breakpoint
CREATE TRIGGER audit_organizations_insert AFTER INSERT ON organizations
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'organization.created', 'organization', NEW.id,
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), TRUE),
      ('name', json_quote(NEW.name), TRUE),
      ('created_at', json_quote(NEW.created_at), TRUE),
      ('require_second_factor', CASE WHEN NEW.require_second_factor THEN 'true' ELSE 'false' END, TRUE),
      ('plan', json_quote(NEW.plan), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_organizations_update AFTER UPDATE OF id, name, created_at, require_second_factor, plan ON organizations
WHEN (OLD.id IS NOT NEW.id OR OLD.name IS NOT NEW.name OR OLD.created_at IS NOT NEW.created_at OR OLD.require_second_factor IS NOT NEW.require_second_factor OR OLD.plan IS NOT NEW.plan)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'organization.updated', 'organization', NEW.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), OLD.id IS NOT NEW.id),
      ('name', json_quote(OLD.name), OLD.name IS NOT NEW.name),
      ('created_at', json_quote(OLD.created_at), OLD.created_at IS NOT NEW.created_at),
      ('require_second_factor', CASE WHEN OLD.require_second_factor THEN 'true' ELSE 'false' END, OLD.require_second_factor IS NOT NEW.require_second_factor),
      ('plan', json_quote(OLD.plan), OLD.plan IS NOT NEW.plan)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), OLD.id IS NOT NEW.id),
      ('name', json_quote(NEW.name), OLD.name IS NOT NEW.name),
      ('created_at', json_quote(NEW.created_at), OLD.created_at IS NOT NEW.created_at),
      ('require_second_factor', CASE WHEN NEW.require_second_factor THEN 'true' ELSE 'false' END, OLD.require_second_factor IS NOT NEW.require_second_factor),
      ('plan', json_quote(NEW.plan), OLD.plan IS NOT NEW.plan)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_organizations_delete AFTER DELETE ON organizations
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT OLD.id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'organization.deleted', 'organization', OLD.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), TRUE),
      ('name', json_quote(OLD.name), TRUE),
      ('created_at', json_quote(OLD.created_at), TRUE),
      ('require_second_factor', CASE WHEN OLD.require_second_factor THEN 'true' ELSE 'false' END, TRUE),
      ('plan', json_quote(OLD.plan), TRUE)) WHERE column3),
    NULL,
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_teams_insert AFTER INSERT ON teams
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'team.created', 'team', NEW.id,
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), TRUE),
      ('name', json_quote(NEW.name), TRUE),
      ('created_at', json_quote(NEW.created_at), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_teams_update AFTER UPDATE OF id, name, created_at ON teams
WHEN (OLD.id IS NOT NEW.id OR OLD.name IS NOT NEW.name OR OLD.created_at IS NOT NEW.created_at)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'team.updated', 'team', NEW.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), OLD.id IS NOT NEW.id),
      ('name', json_quote(OLD.name), OLD.name IS NOT NEW.name),
      ('created_at', json_quote(OLD.created_at), OLD.created_at IS NOT NEW.created_at)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), OLD.id IS NOT NEW.id),
      ('name', json_quote(NEW.name), OLD.name IS NOT NEW.name),
      ('created_at', json_quote(NEW.created_at), OLD.created_at IS NOT NEW.created_at)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_teams_delete AFTER DELETE ON teams
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT OLD.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'team.deleted', 'team', OLD.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), TRUE),
      ('name', json_quote(OLD.name), TRUE),
      ('created_at', json_quote(OLD.created_at), TRUE)) WHERE column3),
    NULL,
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_team_members_insert AFTER INSERT ON team_members
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'team_member.added', 'team_member', NEW.user_id,
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('team_id', json_quote(NEW.team_id), TRUE),
      ('user_id', json_quote(NEW.user_id), TRUE),
      ('created_at', json_quote(NEW.created_at), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_team_members_update AFTER UPDATE OF team_id, user_id, created_at ON team_members
WHEN (OLD.team_id IS NOT NEW.team_id OR OLD.user_id IS NOT NEW.user_id OR OLD.created_at IS NOT NEW.created_at)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'team_member.updated', 'team_member', NEW.user_id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('team_id', json_quote(OLD.team_id), OLD.team_id IS NOT NEW.team_id),
      ('user_id', json_quote(OLD.user_id), OLD.user_id IS NOT NEW.user_id),
      ('created_at', json_quote(OLD.created_at), OLD.created_at IS NOT NEW.created_at)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('team_id', json_quote(NEW.team_id), OLD.team_id IS NOT NEW.team_id),
      ('user_id', json_quote(NEW.user_id), OLD.user_id IS NOT NEW.user_id),
      ('created_at', json_quote(NEW.created_at), OLD.created_at IS NOT NEW.created_at)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_team_members_delete AFTER DELETE ON team_members
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT OLD.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'team_member.deleted', 'team_member', OLD.user_id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('team_id', json_quote(OLD.team_id), TRUE),
      ('user_id', json_quote(OLD.user_id), TRUE),
      ('created_at', json_quote(OLD.created_at), TRUE)) WHERE column3),
    NULL,
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
