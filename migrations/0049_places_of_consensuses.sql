-- What several reviewers came to was not counted anew where its call was moved: all of it is, once.
INSERT INTO usage_marks (organization_id, day)
SELECT DISTINCT organization_id, decided_at / 86400000 FROM consensuses WHERE decided_at IS NOT NULL
UNION SELECT reviews.organization_id, reviews.completed_at / 86400000
FROM consensuses CROSS JOIN reviews ON reviews.call_id = consensuses.call_id AND reviews.completed_at IS NOT NULL
WHERE TRUE ON CONFLICT DO NOTHING;
--> statement-breakpoint
DROP TRIGGER usage_reviews_insert;
--> statement-breakpoint
DROP TRIGGER usage_reviews_update;
--> statement-breakpoint
DROP TRIGGER usage_reviews_delete;
--> statement-breakpoint
DROP TRIGGER usage_tasks_insert;
--> statement-breakpoint
DROP TRIGGER usage_tasks_update;
--> statement-breakpoint
DROP TRIGGER usage_tasks_opinions;
--> statement-breakpoint
CREATE TRIGGER usage_reviews_insert AFTER INSERT ON reviews
BEGIN
  INSERT INTO usage_marks (organization_id, day) SELECT NEW.organization_id, NEW.completed_at / 86400000 WHERE NEW.completed_at IS NOT NULL ON CONFLICT DO NOTHING;
  INSERT INTO usage_marks (organization_id, day) SELECT organization_id, completed_at / 86400000 FROM reviews WHERE NEW.completed_at IS NOT NULL AND EXISTS (SELECT 1 FROM consensuses WHERE organization_id = NEW.organization_id AND call_id = NEW.call_id) AND call_id = NEW.call_id AND completed_at IS NOT NULL ON CONFLICT DO NOTHING;
  INSERT INTO usage_marks (organization_id, day) SELECT organization_id, decided_at / 86400000 FROM consensuses WHERE NEW.completed_at IS NOT NULL AND organization_id = NEW.organization_id AND call_id = NEW.call_id AND decided_at IS NOT NULL ON CONFLICT DO NOTHING;
END;
--> statement-breakpoint
CREATE TRIGGER usage_reviews_update AFTER UPDATE OF campaign_id, operator_id, reviewer_id, state, scorecard_id, result, score, passed, due_at, started_at, submitted_at, completed_at ON reviews
BEGIN
  INSERT INTO usage_marks (organization_id, day) SELECT OLD.organization_id, OLD.completed_at / 86400000 WHERE OLD.completed_at IS NOT NULL ON CONFLICT DO NOTHING;
  INSERT INTO usage_marks (organization_id, day) SELECT NEW.organization_id, NEW.completed_at / 86400000 WHERE NEW.completed_at IS NOT NULL ON CONFLICT DO NOTHING;
  INSERT INTO usage_marks (organization_id, day) SELECT organization_id, completed_at / 86400000 FROM reviews WHERE coalesce(OLD.completed_at, NEW.completed_at) IS NOT NULL AND EXISTS (SELECT 1 FROM consensuses WHERE organization_id = NEW.organization_id AND call_id = NEW.call_id) AND call_id = NEW.call_id AND completed_at IS NOT NULL ON CONFLICT DO NOTHING;
  INSERT INTO usage_marks (organization_id, day) SELECT organization_id, decided_at / 86400000 FROM consensuses WHERE coalesce(OLD.completed_at, NEW.completed_at) IS NOT NULL AND organization_id = NEW.organization_id AND call_id = NEW.call_id AND decided_at IS NOT NULL ON CONFLICT DO NOTHING;
END;
--> statement-breakpoint
CREATE TRIGGER usage_reviews_delete AFTER DELETE ON reviews
BEGIN
  INSERT INTO usage_marks (organization_id, day) SELECT OLD.organization_id, OLD.completed_at / 86400000 WHERE OLD.completed_at IS NOT NULL ON CONFLICT DO NOTHING;
  INSERT INTO usage_marks (organization_id, day) SELECT organization_id, completed_at / 86400000 FROM reviews WHERE OLD.completed_at IS NOT NULL AND EXISTS (SELECT 1 FROM consensuses WHERE organization_id = OLD.organization_id AND call_id = OLD.call_id) AND call_id = OLD.call_id AND completed_at IS NOT NULL ON CONFLICT DO NOTHING;
  INSERT INTO usage_marks (organization_id, day) SELECT organization_id, decided_at / 86400000 FROM consensuses WHERE OLD.completed_at IS NOT NULL AND organization_id = OLD.organization_id AND call_id = OLD.call_id AND decided_at IS NOT NULL ON CONFLICT DO NOTHING;
END;
--> statement-breakpoint
CREATE TRIGGER usage_tasks_insert AFTER INSERT ON tasks
WHEN NEW.team_id IS NOT NULL
BEGIN
  INSERT INTO usage_marks (organization_id, day) SELECT organization_id, started_at / 86400000 FROM calls WHERE id = NEW.call_id ON CONFLICT DO NOTHING;
  INSERT INTO usage_marks (organization_id, day) SELECT organization_id, completed_at / 86400000 FROM reviews WHERE call_id = NEW.call_id AND completed_at IS NOT NULL ON CONFLICT DO NOTHING;
  INSERT INTO usage_marks (organization_id, day) SELECT organization_id, decided_at / 86400000 FROM consensuses WHERE organization_id = NEW.organization_id AND call_id = NEW.call_id AND decided_at IS NOT NULL ON CONFLICT DO NOTHING;
END;
--> statement-breakpoint
CREATE TRIGGER usage_tasks_update AFTER UPDATE OF team_id ON tasks
BEGIN
  INSERT INTO usage_marks (organization_id, day) SELECT organization_id, started_at / 86400000 FROM calls WHERE id = NEW.call_id ON CONFLICT DO NOTHING;
  INSERT INTO usage_marks (organization_id, day) SELECT organization_id, completed_at / 86400000 FROM reviews WHERE call_id = NEW.call_id AND completed_at IS NOT NULL ON CONFLICT DO NOTHING;
  INSERT INTO usage_marks (organization_id, day) SELECT organization_id, decided_at / 86400000 FROM consensuses WHERE organization_id = NEW.organization_id AND call_id = NEW.call_id AND decided_at IS NOT NULL ON CONFLICT DO NOTHING;
END;
--> statement-breakpoint
CREATE TRIGGER usage_tasks_opinions AFTER UPDATE OF state, wanted ON tasks
WHEN OLD.wanted > 1 OR NEW.wanted > 1
BEGIN
  INSERT INTO usage_marks (organization_id, day) SELECT organization_id, completed_at / 86400000 FROM reviews WHERE call_id = NEW.call_id AND completed_at IS NOT NULL ON CONFLICT DO NOTHING;
  INSERT INTO usage_marks (organization_id, day) SELECT organization_id, decided_at / 86400000 FROM consensuses WHERE organization_id = NEW.organization_id AND call_id = NEW.call_id AND decided_at IS NOT NULL ON CONFLICT DO NOTHING;
END;
