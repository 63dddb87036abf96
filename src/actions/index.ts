/** Post-call actions: what a campaign has done with its calls once their findings have ended. */
export * from "./action";
export { checkSchema, misfitOf, MOST_SCHEMA } from "./answer-schema";
export * from "./call-actions";
export * from "./campaign-actions";
export { holdsFor, ofRules } from "./holds";
export { type EndpointSigner, type ToSign } from "./post";
export { previewOf, type ActionPreview } from "./preview";
export { bodyOf, runAction, runQuestion, spendingOf, type ActedCall, type Outcome, type RunDeps } from "./run-action";
export { lackingFor, lackingToRepeat } from "./rights";
export * from "./step";
