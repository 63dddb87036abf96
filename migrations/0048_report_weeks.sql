CREATE TABLE `report_marks` (
	`organization_id` text NOT NULL,
	`grain` text NOT NULL,
	`period` integer NOT NULL,
	`until` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `grain`, `period`)
) WITHOUT ROWID;
--> statement-breakpoint
-- No week was summed yet. Until one is, it is read from its days.
INSERT INTO report_marks (organization_id, grain, period, until)
SELECT DISTINCT organization_id, 'week', day - (day - month) % 7, min(day - (day - month) % 7 + 7, next_month)
FROM (
  SELECT organization_id, period AS day, unixepoch(date(period * 86400, 'unixepoch', 'start of month')) / 86400 AS month,
    unixepoch(date(period * 86400, 'unixepoch', 'start of month', '+1 month')) / 86400 AS next_month
  FROM (
    SELECT organization_id, period FROM report_calls WHERE grain = 'day'
    UNION SELECT organization_id, period FROM report_reviews WHERE grain = 'day'
    UNION SELECT organization_id, period FROM report_criteria WHERE grain = 'day'))
WHERE TRUE ON CONFLICT DO NOTHING;
--> statement-breakpoint
-- No month has its rows of all operators together yet. Until it has, it is read from its weeks and days.
INSERT INTO report_marks (organization_id, grain, period, until)
SELECT organization_id, 'month', month, next_month
FROM (
  SELECT DISTINCT organization_id, unixepoch(date(period * 86400, 'unixepoch', 'start of month')) / 86400 AS month,
    unixepoch(date(period * 86400, 'unixepoch', 'start of month', '+1 month')) / 86400 AS next_month
  FROM report_criteria WHERE grain = 'day')
WHERE TRUE ON CONFLICT DO NOTHING;

--> statement-breakpoint
CREATE TRIGGER report_marks_counted AFTER DELETE ON usage_marks
BEGIN
  INSERT INTO report_marks (organization_id, grain, period, until) SELECT OLD.organization_id, 'week', OLD.day - (OLD.day - unixepoch(date(OLD.day * 86400, 'unixepoch', 'start of month')) / 86400) % 7, min(OLD.day - (OLD.day - unixepoch(date(OLD.day * 86400, 'unixepoch', 'start of month')) / 86400) % 7 + 7, unixepoch(date(OLD.day * 86400, 'unixepoch', 'start of month', '+1 month')) / 86400) WHERE TRUE ON CONFLICT DO NOTHING;
  INSERT INTO report_marks (organization_id, grain, period, until) SELECT OLD.organization_id, 'month', unixepoch(date(OLD.day * 86400, 'unixepoch', 'start of month')) / 86400, unixepoch(date(OLD.day * 86400, 'unixepoch', 'start of month', '+1 month')) / 86400 WHERE TRUE ON CONFLICT DO NOTHING;
END;
