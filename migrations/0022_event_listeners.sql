CREATE TABLE `event_listeners` (
	`organization_id` text PRIMARY KEY NOT NULL,
	`until` integer NOT NULL
) WITHOUT ROWID;
