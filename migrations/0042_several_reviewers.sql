ALTER TABLE `consensuses` ADD `rule` text DEFAULT 'mean' NOT NULL;--> statement-breakpoint
ALTER TABLE `consensuses` ADD `when_apart` text DEFAULT 'escalate' NOT NULL;--> statement-breakpoint
ALTER TABLE `consensuses` ADD `review_ids` text;--> statement-breakpoint
ALTER TABLE `consensuses` ADD `differing` text;--> statement-breakpoint
ALTER TABLE `consensuses` ADD `decided_by` text;--> statement-breakpoint
ALTER TABLE `consensuses` ADD `reason` text;--> statement-breakpoint
CREATE INDEX `consensuses_decided` ON `consensuses` (`organization_id`,`decided_at`) WHERE decided_at IS NOT NULL;--> statement-breakpoint
ALTER TABLE `review_comments` ADD `edited_at` integer;--> statement-breakpoint
CREATE INDEX `review_comments_by_call` ON `review_comments` (`call_id`);
--> statement-breakpoint
DROP TRIGGER audit_review_comments_insert;
--> statement-breakpoint
DROP TRIGGER audit_consensuses_insert;
--> statement-breakpoint
DROP TRIGGER audit_consensuses_update;
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
      ('created_at', json_quote(NEW.created_at), TRUE),
      ('edited_at', json_quote(NEW.edited_at), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_review_comments_update AFTER UPDATE OF review_id, id, kind, author_id, created_at, edited_at ON review_comments
WHEN (OLD.review_id IS NOT NEW.review_id OR OLD.id IS NOT NEW.id OR OLD.kind IS NOT NEW.kind OR OLD.author_id IS NOT NEW.author_id OR OLD.created_at IS NOT NEW.created_at OR OLD.edited_at IS NOT NEW.edited_at) AND EXISTS (SELECT 1 FROM audit_act)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'review_comment.updated', 'review_comment', NEW.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('review_id', json_quote(OLD.review_id), OLD.review_id IS NOT NEW.review_id),
      ('id', json_quote(OLD.id), OLD.id IS NOT NEW.id),
      ('kind', json_quote(OLD.kind), OLD.kind IS NOT NEW.kind),
      ('author_id', json_quote(OLD.author_id), OLD.author_id IS NOT NEW.author_id),
      ('created_at', json_quote(OLD.created_at), OLD.created_at IS NOT NEW.created_at),
      ('edited_at', json_quote(OLD.edited_at), OLD.edited_at IS NOT NEW.edited_at)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('review_id', json_quote(NEW.review_id), OLD.review_id IS NOT NEW.review_id),
      ('id', json_quote(NEW.id), OLD.id IS NOT NEW.id),
      ('kind', json_quote(NEW.kind), OLD.kind IS NOT NEW.kind),
      ('author_id', json_quote(NEW.author_id), OLD.author_id IS NOT NEW.author_id),
      ('created_at', json_quote(NEW.created_at), OLD.created_at IS NOT NEW.created_at),
      ('edited_at', json_quote(NEW.edited_at), OLD.edited_at IS NOT NEW.edited_at)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_review_comments_delete AFTER DELETE ON review_comments
WHEN EXISTS (SELECT 1 FROM audit_act)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT OLD.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'review_comment.deleted', 'review_comment', OLD.id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('review_id', json_quote(OLD.review_id), TRUE),
      ('id', json_quote(OLD.id), TRUE),
      ('kind', json_quote(OLD.kind), TRUE),
      ('author_id', json_quote(OLD.author_id), TRUE),
      ('created_at', json_quote(OLD.created_at), TRUE),
      ('edited_at', json_quote(OLD.edited_at), TRUE)) WHERE column3),
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
      ('rule', json_quote(NEW.rule), TRUE),
      ('when_apart', json_quote(NEW.when_apart), TRUE),
      ('asked_by', json_quote(NEW.asked_by), TRUE),
      ('created_at', json_quote(NEW.created_at), TRUE),
      ('decided_by', json_quote(NEW.decided_by), TRUE)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER audit_consensuses_update AFTER UPDATE OF call_id, wanted, max_spread, rule, when_apart, asked_by, created_at, decided_by ON consensuses
WHEN (OLD.call_id IS NOT NEW.call_id OR OLD.wanted IS NOT NEW.wanted OR OLD.max_spread IS NOT NEW.max_spread OR OLD.rule IS NOT NEW.rule OR OLD.when_apart IS NOT NEW.when_apart OR OLD.asked_by IS NOT NEW.asked_by OR OLD.created_at IS NOT NEW.created_at OR OLD.decided_by IS NOT NEW.decided_by) AND EXISTS (SELECT 1 FROM audit_act)
BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT NEW.organization_id, 'aud_' || printf('%012x', coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER))) || lower(hex(randomblob(8))),
    coalesce(act.at, CAST(unixepoch('subsec') * 1000 AS INTEGER)), coalesce(act.actor, 'system'),
    'consensus.updated', 'consensus', NEW.call_id,
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('call_id', json_quote(OLD.call_id), OLD.call_id IS NOT NEW.call_id),
      ('wanted', json_quote(OLD.wanted), OLD.wanted IS NOT NEW.wanted),
      ('max_spread', json_quote(OLD.max_spread), OLD.max_spread IS NOT NEW.max_spread),
      ('rule', json_quote(OLD.rule), OLD.rule IS NOT NEW.rule),
      ('when_apart', json_quote(OLD.when_apart), OLD.when_apart IS NOT NEW.when_apart),
      ('asked_by', json_quote(OLD.asked_by), OLD.asked_by IS NOT NEW.asked_by),
      ('created_at', json_quote(OLD.created_at), OLD.created_at IS NOT NEW.created_at),
      ('decided_by', json_quote(OLD.decided_by), OLD.decided_by IS NOT NEW.decided_by)) WHERE column3),
    (SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ('call_id', json_quote(NEW.call_id), OLD.call_id IS NOT NEW.call_id),
      ('wanted', json_quote(NEW.wanted), OLD.wanted IS NOT NEW.wanted),
      ('max_spread', json_quote(NEW.max_spread), OLD.max_spread IS NOT NEW.max_spread),
      ('rule', json_quote(NEW.rule), OLD.rule IS NOT NEW.rule),
      ('when_apart', json_quote(NEW.when_apart), OLD.when_apart IS NOT NEW.when_apart),
      ('asked_by', json_quote(NEW.asked_by), OLD.asked_by IS NOT NEW.asked_by),
      ('created_at', json_quote(NEW.created_at), OLD.created_at IS NOT NEW.created_at),
      ('decided_by', json_quote(NEW.decided_by), OLD.decided_by IS NOT NEW.decided_by)) WHERE column3),
    act.address, act.request_id
  FROM (SELECT 1) LEFT JOIN audit_act AS act ON act.id = 1;
END;
--> statement-breakpoint
CREATE TRIGGER usage_tasks_opinions AFTER UPDATE OF state, wanted ON tasks
WHEN OLD.wanted > 1 OR NEW.wanted > 1
BEGIN
  INSERT INTO usage_marks (organization_id, day) SELECT organization_id, completed_at / 86400000 FROM reviews WHERE call_id = NEW.call_id AND completed_at IS NOT NULL ON CONFLICT DO NOTHING;
END;
--> statement-breakpoint
CREATE TRIGGER usage_consensuses_insert AFTER INSERT ON consensuses
BEGIN
  INSERT INTO usage_marks (organization_id, day) SELECT organization_id, completed_at / 86400000 FROM reviews WHERE call_id = NEW.call_id AND completed_at IS NOT NULL ON CONFLICT DO NOTHING;
  INSERT INTO usage_marks (organization_id, day) SELECT NEW.organization_id, NEW.decided_at / 86400000 WHERE NEW.decided_at IS NOT NULL ON CONFLICT DO NOTHING;
END;
--> statement-breakpoint
CREATE TRIGGER usage_consensuses_update AFTER UPDATE OF state, score, passed, review_ids, decided_at ON consensuses
BEGIN
  INSERT INTO usage_marks (organization_id, day) SELECT organization_id, completed_at / 86400000 FROM reviews WHERE call_id = NEW.call_id AND completed_at IS NOT NULL ON CONFLICT DO NOTHING;
  INSERT INTO usage_marks (organization_id, day) SELECT OLD.organization_id, OLD.decided_at / 86400000 WHERE OLD.decided_at IS NOT NULL ON CONFLICT DO NOTHING;
  INSERT INTO usage_marks (organization_id, day) SELECT NEW.organization_id, NEW.decided_at / 86400000 WHERE NEW.decided_at IS NOT NULL ON CONFLICT DO NOTHING;
END;
--> statement-breakpoint
CREATE TRIGGER usage_consensuses_delete AFTER DELETE ON consensuses
BEGIN
  INSERT INTO usage_marks (organization_id, day) SELECT organization_id, completed_at / 86400000 FROM reviews WHERE call_id = OLD.call_id AND completed_at IS NOT NULL ON CONFLICT DO NOTHING;
  INSERT INTO usage_marks (organization_id, day) SELECT OLD.organization_id, OLD.decided_at / 86400000 WHERE OLD.decided_at IS NOT NULL ON CONFLICT DO NOTHING;
END;
