import { z } from "zod";
import { commonSettings } from "../settings";
import { pkcs8Of } from "./access-private-key";

const applicationId = z.guid("must be an application's id, as the dashboard shows it");

export const settings = commonSettings.extend({
  application_id: applicationId
    .optional()
    .describe("The only application whose callbacks are taken. Default: any that signs with the secret."),
  api_key: z
    .string()
    .regex(/^[A-Za-z0-9]{1,50}$/, "must be an API key, e.g. a1b2c3d4")
    .optional()
    .describe("The only account (API key) whose callbacks are taken. Default: any that signs with the secret."),
});

export type VonageSettings = z.infer<typeof settings>;

/** What recordings are fetched with: an application signs its requests with its private key. */
export const credentials = z.strictObject({
  application_id: applicationId.describe("The application that recorded."),
  private_key: z
    .string()
    .max(10_000)
    .refine((pem) => pkcs8Of(pem) !== undefined, "must be a PEM: -----BEGIN PRIVATE KEY----- and what follows")
    .describe("The application's private key, the whole `private.key` file."),
});
