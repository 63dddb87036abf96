/**
 * The POST operations that act outside of the database, after an entry in the audit log: sent again after a crash that
 * left no answer, they are done again. All others change nothing twice.
 */
export const DONE_ELSEWHERE: ReadonlySet<string> = new Set([
  "/v1/endpoints/test",
  "/v1/endpoints/{id}/test",
  "/v1/endpoints/{id}/deliveries/{deliveryId}/retry",
  "/v1/endpoints/{id}/deliveries/{deliveryId}/release",
  "/v1/endpoints/{id}/deliveries/{deliveryId}/skip",
  "/v1/endpoints/{id}/deliveries/{deliveryId}/hold",
  "/v1/endpoints/{id}/replay",
  "/v1/engines/{id}/test",
  "/v2/webhooks/{id}/test",
  "/v1/calls/{id}/replay",
  "/v1/calls/{id}/campaign",
  "/v1/quarantine/resolve",
]);
