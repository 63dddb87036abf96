ALTER TABLE `analyses` ADD `scores` text;--> statement-breakpoint
ALTER TABLE `analyses` ADD `risk` text;--> statement-breakpoint
ALTER TABLE `calls` ADD `risk_score` integer;