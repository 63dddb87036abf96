import type { DomainError } from "../errors";
import { eventExamples, type EventType } from "../events";
import { err, ok, type Result } from "../lib/result";
import type { ProfileName } from "./contract";
import { checkSubscriptions, testEventFor } from "./endpoints";
import { profiles, type ProfileRequest } from "./profiles";
import { checkHeaders, checkTemplate } from "./templates";

/** The part of an endpoint that its requests are made of. */
export type PreviewedEndpoint = {
  profile: ProfileName;
  events: readonly string[];
  method: "POST" | "PUT";
  headers: Record<string, string>;
  template: string | null;
};

/** The request that an endpoint like this would be sent, from the catalog's example, signed with a secret of no use. */
export async function previewRequest(
  endpoint: PreviewedEndpoint,
  now: number,
): Promise<Result<ProfileRequest & { type: string }, DomainError>> {
  const profile = profiles[endpoint.profile];
  const { events, headers, template, method } = endpoint;
  const fields = [
    ...checkSubscriptions(events, profile),
    ...checkHeaders(headers, profile, template),
    ...(template === null ? [] : checkTemplate(template, profile, headers)),
  ];
  if (fields.length > 0) return err({ kind: "invalid", fields });
  const event = testEventFor({ id: "wh_preview", profile: endpoint.profile, events: [...events] }, undefined, now);
  if (!event.ok) return event;
  const { eventId, seq, type } = event.value;
  const request = await profile.request({
    endpointId: "wh_preview",
    organizationId: "org_preview",
    eventId,
    deliveryId: "dlv_preview",
    type,
    seq,
    recordedAt: now,
    data: eventExamples[type as EventType],
    gap: null,
    attempt: 1,
    test: false,
    now,
    method,
    headers,
    template,
    ed25519: false,
    secrets: [profile.newSecret()],
    publicUrl: "https://trunkline.example",
  });
  return ok({ ...request, type });
}
