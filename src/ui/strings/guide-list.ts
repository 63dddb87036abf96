import { GUIDES_A_TO_H } from "./guides-a-to-h";
import { GUIDES_I_TO_Z } from "./guides-i-to-z";

/**
 * What the guides of platforms say of the steps on the platform's side, and the same in Spanish: the English text is its
 * key. Names of the platform's own screens stay as the platform writes them.
 */
export const GUIDE_TEXTS: readonly (readonly [english: string, spanish: string])[] = [
  ...GUIDES_A_TO_H,
  ...GUIDES_I_TO_Z,
];
