// The types of a scorecard as far as its arithmetic needs them. Scripts of pages take them too, so they name nothing that only
// the Worker has: how engines answer (prefill/link.ts) is in `definition.ts` alone.

/** A criterion, without what engines answer it by. */
export type Criterion = {
  id: string;
  text: string;
  help?: string | undefined;
  kind: "yes_no" | "scale" | "choice" | "text";
  weight: number;
  max?: number | undefined;
  options?: { id: string; label: string; points: number }[] | undefined;
  na_allowed: boolean;
  critical: boolean;
  auto_fail: boolean;
  fails_below?: number | undefined;
  only_if?: { criterion: string; is: string[] } | undefined;
};

/** A scorecard of such criteria, or of some that say more. */
export type ScorecardDefinition<One extends Criterion = Criterion> = {
  pass_percent: number;
  sections: readonly { id: string; title: string; weight: number; criteria: readonly One[] }[];
};
