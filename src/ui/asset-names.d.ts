/** The paths of the assets that `scripts/assets.ts` makes. */
export declare const assets: {
  readonly styles: string;
  readonly app: string;
  readonly icons: string;
  readonly mark: string;
  readonly font: string;
};
