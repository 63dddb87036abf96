CREATE TABLE `connector_sidecars` (
	`connector_id` text NOT NULL,
	`name` text NOT NULL,
	`organization_id` text NOT NULL,
	`external_id` text NOT NULL,
	`call_id` text NOT NULL,
	`since` integer NOT NULL,
	PRIMARY KEY(`connector_id`, `name`)
) WITHOUT ROWID;
