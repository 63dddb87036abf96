import type { EndpointFilters, EndpointSettings } from "../../db/schema";
import type { Ordering, ProfileName } from "../contract";
import type { EndpointRow } from "./endpoint";
import { keepHidden } from "./sealed-headers";

/** Settings to change. Null resets a setting to its profile's default. */
export type SettingChanges = { [Name in keyof EndpointSettings]?: EndpointSettings[Name] | null };

/**
 * The options of an endpoint. An option that is left out gets its default on creation and stays unchanged on update.
 */
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
  /** The number of objects that new calls are spread over. */
  shards?: number;
  active?: boolean;
  paused?: boolean;
};

/** An endpoint as it would be after the write. */
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

/** An endpoint with the defaults of its profile. Its only epoch begins with it. */
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

/** Applies the options to the draft, except `url` and `shards`, which need more than the options. */
export function applyOptions(draft: EndpointDraft, options: EndpointOptions): EndpointDraft {
  return {
    ...draft,
    events: options.events === undefined ? draft.events : [...new Set(options.events)],
    description: options.description === undefined ? draft.description : options.description,
    payloadVersion: options.payloadVersion ?? draft.payloadVersion,
    method: options.method ?? draft.method,
    headers: options.headers === undefined ? draft.headers : keepHidden(draft.headers, options.headers),
    template: options.template === undefined ? draft.template : options.template,
    filters: options.filters ?? draft.filters,
    ordering: options.ordering ?? draft.ordering,
    settings: applySettings(draft.settings, options.settings ?? {}),
    active: options.active ?? draft.active,
    paused: options.paused ?? draft.paused,
  };
}

function applySettings(settings: EndpointSettings, changes: SettingChanges): EndpointSettings {
  const entries = Object.entries({ ...settings, ...dropUndefined(changes) }).filter(([, value]) => value !== null);
  return Object.fromEntries(entries) as EndpointSettings;
}

// A setting that is left out of a change keeps its value.
function dropUndefined(changes: SettingChanges): SettingChanges {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}
