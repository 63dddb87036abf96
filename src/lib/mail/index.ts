/** Mail: the contract, and the two ways to send it. Where a deployment has neither, links are shown to be copied. */
export { cloudflareMailer } from "./cloudflare";
export type { Letter, Mailer } from "./mailer";
export { providerMailer } from "./provider";
