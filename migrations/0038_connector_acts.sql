-- A token that a storage replaced is no act of anyone: updates of connectors are recorded where an act is set.
DROP TRIGGER audit_connectors_update;
--> statement-breakpoint
CREATE TRIGGER audit_connectors_update AFTER UPDATE OF id, kind, name, campaign_id, source_id, settings, credentials, state, poll_seconds, created_at, deleted_at ON connectors
WHEN (OLD.id IS NOT NEW.id OR OLD.kind IS NOT NEW.kind OR OLD.name IS NOT NEW.name OR OLD.campaign_id IS NOT NEW.campaign_id OR OLD.source_id IS NOT NEW.source_id OR OLD.settings IS NOT NEW.settings OR OLD.credentials IS NOT NEW.credentials OR OLD.state IS NOT NEW.state OR OLD.poll_seconds IS NOT NEW.poll_seconds OR OLD.created_at IS NOT NEW.created_at OR OLD.deleted_at IS NOT NEW.deleted_at) AND EXISTS (SELECT 1 FROM audit_act)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    CASE WHEN OLD.deleted_at IS NOT NEW.deleted_at AND NEW.deleted_at IS NOT NULL THEN 'connector.deleted' ELSE 'connector.updated' END, 'connector', NEW.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(OLD.id), OLD.id IS NOT NEW.id),
      ('kind', json_quote(OLD.kind), OLD.kind IS NOT NEW.kind),
      ('name', json_quote(OLD.name), OLD.name IS NOT NEW.name),
      ('campaign_id', json_quote(OLD.campaign_id), OLD.campaign_id IS NOT NEW.campaign_id),
      ('source_id', json_quote(OLD.source_id), OLD.source_id IS NOT NEW.source_id),
      ('settings', CASE WHEN json_valid(OLD.settings) THEN OLD.settings ELSE json_quote(OLD.settings) END, OLD.settings IS NOT NEW.settings),
      ('credentials', CASE WHEN OLD.credentials IS NULL THEN 'null' ELSE '"masked"' END, OLD.credentials IS NOT NEW.credentials),
      ('state', json_quote(OLD.state), OLD.state IS NOT NEW.state),
      ('poll_seconds', json_quote(OLD.poll_seconds), OLD.poll_seconds IS NOT NEW.poll_seconds),
      ('created_at', json_quote(OLD.created_at), OLD.created_at IS NOT NEW.created_at),
      ('deleted_at', json_quote(OLD.deleted_at), OLD.deleted_at IS NOT NEW.deleted_at)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('id', json_quote(NEW.id), OLD.id IS NOT NEW.id),
      ('kind', json_quote(NEW.kind), OLD.kind IS NOT NEW.kind),
      ('name', json_quote(NEW.name), OLD.name IS NOT NEW.name),
      ('campaign_id', json_quote(NEW.campaign_id), OLD.campaign_id IS NOT NEW.campaign_id),
      ('source_id', json_quote(NEW.source_id), OLD.source_id IS NOT NEW.source_id),
      ('settings', CASE WHEN json_valid(NEW.settings) THEN NEW.settings ELSE json_quote(NEW.settings) END, OLD.settings IS NOT NEW.settings),
      ('credentials', CASE WHEN NEW.credentials IS NULL THEN 'null' ELSE '"masked"' END, OLD.credentials IS NOT NEW.credentials),
      ('state', json_quote(NEW.state), OLD.state IS NOT NEW.state),
      ('poll_seconds', json_quote(NEW.poll_seconds), OLD.poll_seconds IS NOT NEW.poll_seconds),
      ('created_at', json_quote(NEW.created_at), OLD.created_at IS NOT NEW.created_at),
      ('deleted_at', json_quote(NEW.deleted_at), OLD.deleted_at IS NOT NEW.deleted_at)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
