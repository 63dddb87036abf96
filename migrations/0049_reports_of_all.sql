-- No week or month has its rows of all operators together yet. Until it has, it is read from its days.
INSERT INTO report_marks (organization_id, grain, period, until)
SELECT organization_id, 'week', day - (day - month) % 7, min(day - (day - month) % 7 + 7, next_month)
FROM (
  SELECT DISTINCT organization_id, period AS day,
    unixepoch(date(period * 86400, 'unixepoch', 'start of month')) / 86400 AS month,
    unixepoch(date(period * 86400, 'unixepoch', 'start of month', '+1 month')) / 86400 AS next_month
  FROM report_criteria WHERE grain = 'day')
WHERE TRUE ON CONFLICT DO NOTHING;
--> statement-breakpoint
INSERT INTO report_marks (organization_id, grain, period, until)
SELECT organization_id, 'month', month, next_month
FROM (
  SELECT DISTINCT organization_id, unixepoch(date(period * 86400, 'unixepoch', 'start of month')) / 86400 AS month,
    unixepoch(date(period * 86400, 'unixepoch', 'start of month', '+1 month')) / 86400 AS next_month
  FROM report_criteria WHERE grain = 'day')
WHERE TRUE ON CONFLICT DO NOTHING;
