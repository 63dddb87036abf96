CREATE TABLE `erased_calls` (
	`call_id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`erasure_id` text NOT NULL,
	`erased_at` integer
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `erased_calls_pending` ON `erased_calls` (`erasure_id`,`call_id`) WHERE erased_at IS NULL;--> statement-breakpoint
CREATE TABLE `erasures` (
	`organization_id` text NOT NULL,
	`id` text NOT NULL,
	`kind` text NOT NULL,
	`subject` text,
	`needles` text NOT NULL,
	`since` integer NOT NULL,
	`state` text NOT NULL,
	`phase` text NOT NULL,
	`cursor` text,
	`counts` text NOT NULL,
	`actor` text NOT NULL,
	`due_at` integer NOT NULL,
	`attempts` integer NOT NULL,
	`lease_until` integer NOT NULL,
	`claims` integer NOT NULL,
	`nudge_after` integer NOT NULL,
	`created_at` integer NOT NULL,
	`ended_at` integer,
	PRIMARY KEY(`organization_id`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `erasures_open` ON `erasures` (`organization_id`,`id`) WHERE state = 'open';--> statement-breakpoint
CREATE TABLE `legal_holds` (
	`organization_id` text NOT NULL,
	`id` text NOT NULL,
	`kind` text NOT NULL,
	`subject` text NOT NULL,
	`reason` text NOT NULL,
	`actor` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `retention_passes` (
	`organization_id` text NOT NULL,
	`campaign_id` text NOT NULL,
	`clock` text NOT NULL,
	`cursor` text,
	`began_at` integer NOT NULL,
	`due_at` integer NOT NULL,
	`removed` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `campaign_id`, `clock`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `retention_passes_due` ON `retention_passes` (`due_at`);
--> statement-breakpoint
CREATE TRIGGER audit_erasures_insert AFTER INSERT ON erasures
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'erasure.begun', 'erasure', NEW.id,
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), TRUE),
      ('kind', json_quote(NEW.kind), TRUE),
      ('subject', CASE WHEN NEW.subject IS NULL THEN 'null' ELSE '"masked"' END, TRUE),
      ('needles', CASE WHEN NEW.needles IS NULL THEN 'null' ELSE '"masked"' END, TRUE),
      ('created_at', json_quote(NEW.created_at), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_legal_holds_insert AFTER INSERT ON legal_holds
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'hold.placed', 'hold', NEW.id,
    NULL,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), TRUE),
      ('kind', json_quote(NEW.kind), TRUE),
      ('subject', CASE WHEN NEW.subject IS NULL THEN 'null' ELSE '"masked"' END, TRUE),
      ('reason', CASE WHEN NEW.reason IS NULL THEN 'null' ELSE '"masked"' END, TRUE),
      ('created_at', json_quote(NEW.created_at), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_legal_holds_delete AFTER DELETE ON legal_holds
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT OLD.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'hold.deleted', 'hold', OLD.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), TRUE),
      ('kind', json_quote(OLD.kind), TRUE),
      ('subject', CASE WHEN OLD.subject IS NULL THEN 'null' ELSE '"masked"' END, TRUE),
      ('reason', CASE WHEN OLD.reason IS NULL THEN 'null' ELSE '"masked"' END, TRUE),
      ('created_at', json_quote(OLD.created_at), TRUE)) WHERE column3),
    NULL,
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER erased_calls_stay BEFORE INSERT ON calls
WHEN EXISTS (SELECT 1 FROM erased_calls WHERE call_id = NEW.id)
BEGIN
  SELECT RAISE(IGNORE);
END;
