CREATE TABLE `review_comments` (
	`organization_id` text NOT NULL,
	`review_id` text NOT NULL,
	`id` text NOT NULL,
	`call_id` text NOT NULL,
	`kind` text NOT NULL,
	`author_id` text NOT NULL,
	`at_seconds` real,
	`text` text NOT NULL,
	`mentions` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `review_id`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `reviews` (
	`organization_id` text NOT NULL,
	`id` text NOT NULL,
	`call_id` text NOT NULL,
	`campaign_id` text,
	`operator_id` text,
	`reviewer_id` text NOT NULL,
	`state` text NOT NULL,
	`scorecard_id` text,
	`scorecard_version` integer,
	`answers` text,
	`result` text,
	`score` real,
	`passed` integer,
	`reason` text,
	`note` text,
	`assigned_by` text NOT NULL,
	`due_at` integer,
	`assigned_at` integer NOT NULL,
	`started_at` integer,
	`submitted_at` integer,
	`undo_until` integer,
	`completed_at` integer,
	`writer` text NOT NULL,
	PRIMARY KEY(`organization_id`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `reviews_by_call` ON `reviews` (`call_id`);--> statement-breakpoint
CREATE INDEX `reviews_by_reviewer` ON `reviews` (`organization_id`,`reviewer_id`,`id`);--> statement-breakpoint
CREATE INDEX `reviews_open` ON `reviews` (`organization_id`,`reviewer_id`,`state`,`id`) WHERE state IN ('assigned', 'in_progress', 'submitted');--> statement-breakpoint
CREATE INDEX `reviews_submitted` ON `reviews` (`undo_until`) WHERE state = 'submitted';--> statement-breakpoint
CREATE INDEX `reviews_of_operator` ON `reviews` (`organization_id`,`operator_id`,`id`) WHERE state = 'completed';--> statement-breakpoint
ALTER TABLE `tasks` ADD `assignee_id` text;--> statement-breakpoint
ALTER TABLE `tasks` ADD `place` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `tasks` ADD `lease_until` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `tasks` ADD `review_id` text;--> statement-breakpoint
ALTER TABLE `tasks` ADD `due_at` integer;--> statement-breakpoint
ALTER TABLE `tasks` ADD `wanted` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `tasks` ADD `escalated_at` integer;--> statement-breakpoint
CREATE INDEX `tasks_open` ON `tasks` (`organization_id`,`assignee_id`,`campaign_id`,`team_id`,`place`,`id`) WHERE state = 'open';
--> statement-breakpoint
CREATE TRIGGER audit_reviews_insert AFTER INSERT ON reviews
WHEN EXISTS (SELECT 1 FROM audit_act)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'review.created', 'review', NEW.id,
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), TRUE),
      ('reviewer_id', json_quote(NEW.reviewer_id), TRUE),
      ('state', json_quote(NEW.state), TRUE),
      ('scorecard_id', json_quote(NEW.scorecard_id), TRUE),
      ('scorecard_version', json_quote(NEW.scorecard_version), TRUE),
      ('reason', json_quote(NEW.reason), TRUE),
      ('assigned_by', json_quote(NEW.assigned_by), TRUE),
      ('due_at', json_quote(NEW.due_at), TRUE),
      ('assigned_at', json_quote(NEW.assigned_at), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_reviews_update AFTER UPDATE OF id, reviewer_id, state, scorecard_id, scorecard_version, reason, assigned_by, due_at, assigned_at ON reviews
WHEN (OLD.id IS NOT NEW.id OR OLD.reviewer_id IS NOT NEW.reviewer_id OR OLD.state IS NOT NEW.state OR OLD.scorecard_id IS NOT NEW.scorecard_id OR OLD.scorecard_version IS NOT NEW.scorecard_version OR OLD.reason IS NOT NEW.reason OR OLD.assigned_by IS NOT NEW.assigned_by OR OLD.due_at IS NOT NEW.due_at OR OLD.assigned_at IS NOT NEW.assigned_at) AND EXISTS (SELECT 1 FROM audit_act)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'review.updated', 'review', NEW.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), OLD.id IS NOT NEW.id),
      ('reviewer_id', json_quote(OLD.reviewer_id), OLD.reviewer_id IS NOT NEW.reviewer_id),
      ('state', json_quote(OLD.state), OLD.state IS NOT NEW.state),
      ('scorecard_id', json_quote(OLD.scorecard_id), OLD.scorecard_id IS NOT NEW.scorecard_id),
      ('scorecard_version', json_quote(OLD.scorecard_version), OLD.scorecard_version IS NOT NEW.scorecard_version),
      ('reason', json_quote(OLD.reason), OLD.reason IS NOT NEW.reason),
      ('assigned_by', json_quote(OLD.assigned_by), OLD.assigned_by IS NOT NEW.assigned_by),
      ('due_at', json_quote(OLD.due_at), OLD.due_at IS NOT NEW.due_at),
      ('assigned_at', json_quote(OLD.assigned_at), OLD.assigned_at IS NOT NEW.assigned_at)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), OLD.id IS NOT NEW.id),
      ('reviewer_id', json_quote(NEW.reviewer_id), OLD.reviewer_id IS NOT NEW.reviewer_id),
      ('state', json_quote(NEW.state), OLD.state IS NOT NEW.state),
      ('scorecard_id', json_quote(NEW.scorecard_id), OLD.scorecard_id IS NOT NEW.scorecard_id),
      ('scorecard_version', json_quote(NEW.scorecard_version), OLD.scorecard_version IS NOT NEW.scorecard_version),
      ('reason', json_quote(NEW.reason), OLD.reason IS NOT NEW.reason),
      ('assigned_by', json_quote(NEW.assigned_by), OLD.assigned_by IS NOT NEW.assigned_by),
      ('due_at', json_quote(NEW.due_at), OLD.due_at IS NOT NEW.due_at),
      ('assigned_at', json_quote(NEW.assigned_at), OLD.assigned_at IS NOT NEW.assigned_at)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_review_comments_insert AFTER INSERT ON review_comments
WHEN EXISTS (SELECT 1 FROM audit_act)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'review_comment.created', 'review_comment', NEW.id,
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('review_id', json_quote(NEW.review_id), TRUE),
      ('id', json_quote(NEW.id), TRUE),
      ('kind', json_quote(NEW.kind), TRUE),
      ('author_id', json_quote(NEW.author_id), TRUE),
      ('created_at', json_quote(NEW.created_at), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
