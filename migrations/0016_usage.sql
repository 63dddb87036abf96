CREATE TABLE `usage_days` (
	`organization_id` text NOT NULL,
	`day` integer NOT NULL,
	`campaign_id` text NOT NULL,
	`calls` integer NOT NULL,
	`recordings` integer NOT NULL,
	`bytes` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `day`, `campaign_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `usage_deliveries` (
	`organization_id` text NOT NULL,
	`day` integer NOT NULL,
	`delivered` integer NOT NULL,
	`attempts` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `day`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `usage_engines` (
	`organization_id` text NOT NULL,
	`day` integer NOT NULL,
	`campaign_id` text NOT NULL,
	`engine` text NOT NULL,
	`analyses` integer NOT NULL,
	`audio_ms` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `day`, `campaign_id`, `engine`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `usage_marks` (
	`organization_id` text NOT NULL,
	`day` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `day`)
) WITHOUT ROWID;
--> statement-breakpoint
-- Days from before are counted too. The index by time has all that is read.
INSERT INTO usage_marks (organization_id, day)
SELECT DISTINCT organization_id, started_at / 86400000 FROM calls WHERE TRUE ON CONFLICT DO NOTHING;
--> statement-breakpoint
CREATE TRIGGER usage_calls_insert AFTER INSERT ON calls
BEGIN
  INSERT INTO usage_marks (organization_id, day) SELECT NEW.organization_id, NEW.started_at / 86400000 WHERE TRUE ON CONFLICT DO NOTHING;
END;
--> statement-breakpoint
CREATE TRIGGER usage_calls_update AFTER UPDATE OF campaign_id, started_at ON calls
BEGIN
  INSERT INTO usage_marks (organization_id, day) SELECT OLD.organization_id, OLD.started_at / 86400000 WHERE TRUE ON CONFLICT DO NOTHING;
  INSERT INTO usage_marks (organization_id, day) SELECT NEW.organization_id, NEW.started_at / 86400000 WHERE TRUE ON CONFLICT DO NOTHING;
END;
--> statement-breakpoint
CREATE TRIGGER usage_calls_delete AFTER DELETE ON calls
BEGIN
  INSERT INTO usage_marks (organization_id, day) SELECT OLD.organization_id, OLD.started_at / 86400000 WHERE TRUE ON CONFLICT DO NOTHING;
END;
--> statement-breakpoint
CREATE TRIGGER usage_recordings_insert AFTER INSERT ON recordings
BEGIN
  INSERT INTO usage_marks (organization_id, day) SELECT organization_id, started_at / 86400000 FROM calls WHERE id = NEW.call_id ON CONFLICT DO NOTHING;
END;
--> statement-breakpoint
CREATE TRIGGER usage_recordings_update AFTER UPDATE OF state, size ON recordings
BEGIN
  INSERT INTO usage_marks (organization_id, day) SELECT organization_id, started_at / 86400000 FROM calls WHERE id = NEW.call_id ON CONFLICT DO NOTHING;
END;
--> statement-breakpoint
CREATE TRIGGER usage_recordings_delete AFTER DELETE ON recordings
BEGIN
  INSERT INTO usage_marks (organization_id, day) SELECT organization_id, started_at / 86400000 FROM calls WHERE id = OLD.call_id ON CONFLICT DO NOTHING;
END;
--> statement-breakpoint
CREATE TRIGGER usage_analyses_insert AFTER INSERT ON analyses
BEGIN
  INSERT INTO usage_marks (organization_id, day) SELECT organization_id, started_at / 86400000 FROM calls WHERE id = NEW.call_id ON CONFLICT DO NOTHING;
END;
--> statement-breakpoint
CREATE TRIGGER usage_analyses_update AFTER UPDATE OF state, findings ON analyses
BEGIN
  INSERT INTO usage_marks (organization_id, day) SELECT organization_id, started_at / 86400000 FROM calls WHERE id = NEW.call_id ON CONFLICT DO NOTHING;
END;
--> statement-breakpoint
CREATE TRIGGER usage_analyses_delete AFTER DELETE ON analyses
BEGIN
  INSERT INTO usage_marks (organization_id, day) SELECT organization_id, started_at / 86400000 FROM calls WHERE id = OLD.call_id ON CONFLICT DO NOTHING;
END;
