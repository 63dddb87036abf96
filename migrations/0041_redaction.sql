ALTER TABLE `calls` ADD `unmasked` text;--> statement-breakpoint
ALTER TABLE `organizations` ADD `redact` text;
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
      ('plan', json_quote(NEW.plan), TRUE),
      ('naming', json_quote(NEW.naming), TRUE),
      ('usage_alert_dollars', json_quote(NEW.usage_alert_dollars), TRUE),
      ('redact', CASE WHEN json_valid(NEW.redact) THEN NEW.redact ELSE json_quote(NEW.redact) END, TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_organizations_update AFTER UPDATE OF id, name, created_at, require_second_factor, plan, naming, usage_alert_dollars, redact ON organizations
WHEN (OLD.id IS NOT NEW.id OR OLD.name IS NOT NEW.name OR OLD.created_at IS NOT NEW.created_at OR OLD.require_second_factor IS NOT NEW.require_second_factor OR OLD.plan IS NOT NEW.plan OR OLD.naming IS NOT NEW.naming OR OLD.usage_alert_dollars IS NOT NEW.usage_alert_dollars OR OLD.redact IS NOT NEW.redact)
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
      ('plan', json_quote(OLD.plan), OLD.plan IS NOT NEW.plan),
      ('naming', json_quote(OLD.naming), OLD.naming IS NOT NEW.naming),
      ('usage_alert_dollars', json_quote(OLD.usage_alert_dollars), OLD.usage_alert_dollars IS NOT NEW.usage_alert_dollars),
      ('redact', CASE WHEN json_valid(OLD.redact) THEN OLD.redact ELSE json_quote(OLD.redact) END, OLD.redact IS NOT NEW.redact)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), OLD.id IS NOT NEW.id),
      ('name', json_quote(NEW.name), OLD.name IS NOT NEW.name),
      ('created_at', json_quote(NEW.created_at), OLD.created_at IS NOT NEW.created_at),
      ('require_second_factor', CASE WHEN NEW.require_second_factor THEN 'true' ELSE 'false' END, OLD.require_second_factor IS NOT NEW.require_second_factor),
      ('plan', json_quote(NEW.plan), OLD.plan IS NOT NEW.plan),
      ('naming', json_quote(NEW.naming), OLD.naming IS NOT NEW.naming),
      ('usage_alert_dollars', json_quote(NEW.usage_alert_dollars), OLD.usage_alert_dollars IS NOT NEW.usage_alert_dollars),
      ('redact', CASE WHEN json_valid(NEW.redact) THEN NEW.redact ELSE json_quote(NEW.redact) END, OLD.redact IS NOT NEW.redact)) WHERE column3),
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
      ('plan', json_quote(OLD.plan), TRUE),
      ('naming', json_quote(OLD.naming), TRUE),
      ('usage_alert_dollars', json_quote(OLD.usage_alert_dollars), TRUE),
      ('redact', CASE WHEN json_valid(OLD.redact) THEN OLD.redact ELSE json_quote(OLD.redact) END, TRUE)) WHERE column3),
    NULL,
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
