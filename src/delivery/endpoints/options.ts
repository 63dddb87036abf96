import type { EndpointFilters, EndpointSettings } from "../../db/schema";
import type { Ordering, ProfileName } from "../contract";
import { maskHeaders } from "../templates";
import type { EndpointRow } from "./endpoint";

/** Settings to change: null takes one back to the default of its profile. */
export type SettingChanges = { [Name in keyof EndpointSettings]?: EndpointSettings[Name] | null };

/** What can be told about an endpoint. At its making what is left out is the default; later it stays as it was. */
export type EndpointOptions = {
  url?: string;
  events?: readonly string[];
  description?: string | null;
  payloadVersion?: string;
  method?: "POST" | "PUT";
  headers?: Record<string, string>;
  template?: string | null;
  filters?: EndpointFilters;
  ordering?: Ordering;
  settings?: SettingChanges;
  /** Objects that new calls spread over. */
  shards?: number;
  active?: boolean;
  paused?: boolean;
};

/** An endpoint as it would be after a write. */
export type EndpointDraft = Pick<
  EndpointRow,
  | "organizationId"
  | "url"
  | "events"
  | "description"
  | "profile"
  | "payloadVersion"
  | "method"
  | "headers"
  | "template"
  | "filters"
  | "ordering"
  | "settings"
  | "shards"
  | "active"
  | "paused"
>;

/** An endpoint that was told nothing but its profile. Its one epoch begins with it. */
export function blankDraft(organizationId: string, profile: ProfileName): EndpointDraft {
  return {
    organizationId,
    url: "",
    events: [],
    description: null,
    profile,
    payloadVersion: "v1",
    method: "POST",
    headers: {},
    template: null,
    filters: {},
    ordering: "call",
    settings: {},
    shards: [{ since: 0, shards: 1 }],
    active: true,
    paused: false,
  };
}

/** The draft with the options applied, all but `url` and `shards`, which need more than the options. */
export function applyOptions(draft: EndpointDraft, options: EndpointOptions): EndpointDraft {
  return {
    ...draft,
    events: options.events === undefined ? draft.events : [...new Set(options.events)],
    description: options.description === undefined ? draft.description : options.description,
    payloadVersion: options.payloadVersion ?? draft.payloadVersion,
    method: options.method ?? draft.method,
    headers: options.headers === undefined ? draft.headers : keepMasked(draft.headers, options.headers),
    template: options.template === undefined ? draft.template : options.template,
    filters: options.filters ?? draft.filters,
    ordering: options.ordering ?? draft.ordering,
    settings: applySettings(draft.settings, options.settings ?? {}),
    active: options.active ?? draft.active,
    paused: options.paused ?? draft.paused,
  };
}

// Credentials are shown masked: whoever sends back what was shown means the value behind it.
function keepMasked(known: Record<string, string>, told: Record<string, string>): Record<string, string> {
  const shown = maskHeaders(known);
  return Object.fromEntries(
    Object.entries(told).map(([name, value]) => [name, value === shown[name] ? (known[name] ?? value) : value]),
  );
}

function applySettings(settings: EndpointSettings, changes: SettingChanges): EndpointSettings {
  const entries = Object.entries({ ...settings, ...dropUndefined(changes) }).filter(([, value]) => value !== null);
  return Object.fromEntries(entries) as EndpointSettings;
}

// What is left out of a change must not blank out what stands.
function dropUndefined(changes: SettingChanges): SettingChanges {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}
