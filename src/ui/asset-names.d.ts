/** The paths of the assets that `scripts/assets.ts` makes. */
export declare const assets: {
  readonly styles: string;
  readonly app: string;
  /** Only on pages that play. */
  readonly player: string;
  /** Only where files are uploaded. */
  readonly uploads: string;
  /** Only on pages with a transcript. */
  readonly transcript: string;
  /** Only on pages with comments. */
  readonly comments: string;
  /** Only where a review is worked at. */
  readonly review: string;
  /** Only where a scorecard is changed. */
  readonly scorecard: string;
  /** Only on `/docs`. */
  readonly apiDocs: string;
  readonly apiDocsStyles: string;
  readonly icons: string;
  readonly mark: string;
  readonly font: string;
};
