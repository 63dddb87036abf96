ALTER TABLE `tasks` ADD `closed_reason` text;--> statement-breakpoint
ALTER TABLE `tasks` ADD `closed_note` text;--> statement-breakpoint
ALTER TABLE `tasks` ADD `closed_at` integer;--> statement-breakpoint
ALTER TABLE `tasks` ADD `writer` text;
--> statement-breakpoint
CREATE TRIGGER audit_tasks_update AFTER UPDATE OF id, state, closed_reason ON tasks
WHEN (OLD.id IS NOT NEW.id OR OLD.state IS NOT NEW.state OR OLD.closed_reason IS NOT NEW.closed_reason) AND EXISTS (SELECT 1 FROM audit_act)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    CASE WHEN OLD.closed_at IS NOT NEW.closed_at AND NEW.closed_at IS NOT NULL THEN 'task.closed' ELSE 'task.updated' END, 'task', NEW.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), OLD.id IS NOT NEW.id),
      ('state', json_quote(OLD.state), OLD.state IS NOT NEW.state),
      ('closed_reason', json_quote(OLD.closed_reason), OLD.closed_reason IS NOT NEW.closed_reason)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), OLD.id IS NOT NEW.id),
      ('state', json_quote(NEW.state), OLD.state IS NOT NEW.state),
      ('closed_reason', json_quote(NEW.closed_reason), OLD.closed_reason IS NOT NEW.closed_reason)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
