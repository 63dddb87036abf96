import type { EndpointConfig } from "../../contract";
import { readConfigRow } from "./endpoint";
import { dropEverything, finishErasures } from "./erase";
import { migrateStorage } from "./migrate";

/** Migrates the storage of an object that starts. Gives its configuration. */
export function openStorage(sql: SqlStorage): EndpointConfig | undefined {
  migrateStorage(sql);
  const config = readConfigRow(sql);
  // The Worker of the version before knows only the current table when an endpoint is deleted.
  if (config?.deleted) dropEverything(sql);
  finishErasures(sql);
  return config;
}
