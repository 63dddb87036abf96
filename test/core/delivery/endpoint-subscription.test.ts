import { describe, expect, it } from "vitest";
import { checkSubscriptions, subscribedTypes, typesOf } from "../../../src/delivery/endpoints";
import { profiles } from "../../../src/delivery/profiles";
import { EVENT_TYPES } from "../../../src/events";

describe("subscriptions", () => {
  it.for([
    ["standard", ["*"]],
    ["standard", ["call.*", "recording.completed"]],
    ["audian", ["call.completed", "call.failed", "recording.completed"]],
    ["voqo", ["call_ended"]],
    ["voicesense", ["analysis.*"]],
    ["authentivoice", ["analysis.completed", "fraud.high_risk", "sla.*"]],
  ] as const)("of %s may be %j", ([profile, events]) => {
    expect(checkSubscriptions(events, profiles[profile])).toEqual([]);
  });

  it.for([
    ["standard", "call"],
    ["standard", "fax.*"],
    ["standard", "call_ended"],
    ["standard", ""],
    ["voqo", "call.completed"],
    ["voicesense", "call.*"],
    ["authentivoice", "fraud.low_risk"],
  ] as const)("of %s may not be %s, and the answer lists what may", ([profile, event]) => {
    const [problem, ...others] = checkSubscriptions(["*", event], profiles[profile]);
    expect(others).toEqual([]);
    expect(problem?.field).toBe("events.1");
    expect(problem?.message).toContain(`"${event}"`);
    for (const name of profiles[profile].eventTypes) expect(problem?.message).toContain(name);
  });

  it("mean, under *, the profile's event types", () => {
    expect(subscribedTypes(["*"], profiles.standard)).toEqual(EVENT_TYPES);
    expect(subscribedTypes(["*"], profiles.voicesense)).toEqual([
      "analysis.completed",
      "analysis.failed",
      "analysis.updated",
    ]);
  });

  it("resolve prefixes and aliases, each type once and in the catalog's order", () => {
    expect(typesOf("call_ended", profiles.voqo)).toEqual(["call.processed"]);
    expect(subscribedTypes(["call_ended", "call.processed"], profiles.voqo)).toEqual(["call.processed"]);
    expect(typesOf("recording.*", profiles.audian)).toEqual(["recording.completed", "recording.failed"]);
    expect(subscribedTypes(["recording.failed", "call.completed"], profiles.audian)).toEqual([
      "call.completed",
      "recording.failed",
    ]);
    expect(subscribedTypes(["fraud.*"], profiles.authentivoice)).toEqual(["fraud.high_risk", "fraud.critical"]);
    expect(subscribedTypes(["review.consensus_reached"], profiles.authentivoice)).toEqual(["review.consensus_reached"]);
  });
});
