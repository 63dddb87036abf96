/**
 * One kind of failure in words: what likely is behind it, marked as likely, and what to do next. Where the cause is
 * certain, `likely` names it without the mark.
 */
export type Explained = readonly [likely: string, next: string];

/** The explanations of one subject in every language: a code that is missing in one does not compile. */
export type Explanations<Code extends string> = Record<"en" | "es", Record<Code, Explained>>;
