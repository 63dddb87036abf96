CREATE INDEX `recordings_slow` ON `recordings` (`source_id`) WHERE state = 'pending' AND slow = 1;--> statement-breakpoint
CREATE INDEX `call_lookups_by_source` ON `call_lookups` (`source_id`);