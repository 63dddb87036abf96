import { describe, expect, it } from "vitest";
import {
  catalog,
  eventExamples,
  EVENT_TYPES,
  isAboutEndpoint,
  isSubscription,
  matchesSubscription,
} from "../../../src/events";

describe("the catalog of events", () => {
  it.for(EVENT_TYPES)("has an example of %s that its own schema takes as it stands, and says what it is", (type) => {
    // Parsing drops what the schema does not know: an example may promise nothing that is not described.
    expect(catalog[type].parse(eventExamples[type])).toEqual(eventExamples[type]);
    expect(catalog[type].description?.length).toBeGreaterThan(20);
  });

  it("has no example of an event there is not", () => {
    expect(Object.keys(eventExamples).toSorted()).toEqual(EVENT_TYPES.toSorted());
  });

  it("refuses data that lacks a key which subscribers may count on", () => {
    const { conversation: _, ...without } = eventExamples["call.processed"];
    expect(catalog["call.processed"].safeParse(without).success).toBe(false);
  });

  it("knows exact types, prefixes and the star", () => {
    expect(isSubscription("endpoint.*")).toBe(true);
    expect(isSubscription("endpoints.*")).toBe(false);
    expect(matchesSubscription("call.*", "call.processed")).toBe(true);
    expect(matchesSubscription("call", "call.processed")).toBe(false);
    expect(matchesSubscription("*", "delivery.parked")).toBe(true);
  });

  it("distinguishes events about an endpoint from events about a call", () => {
    const about = EVENT_TYPES.filter((type) => isAboutEndpoint(type));
    expect(about).toEqual(["endpoint.disabled", "endpoint.recovered", "endpoint.backlog_high", "delivery.parked"]);
  });
});
