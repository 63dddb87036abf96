import type { Sums } from "./read";

// What a report shows of its sums. A share or mean of nothing is null.

/** Of calls: shares are of the time that was measured, those of the parties of recordings with a channel for each. */
export function callFigures(sums: Sums) {
  return {
    calls: sums.calls,
    inbound: sums.inbound,
    outbound: sums.outbound,
    failed: sums.failed,
    recorded: sums.recorded,
    analysed: sums.analysed,
    mean_duration_seconds: ratio(sums.duration_ms, sums.timed * 1000),
    operator_share: ratio(sums.operator_ms, sums.split_ms),
    customer_share: ratio(sums.customer_ms, sums.split_ms),
    overlap_share: ratio(sums.overlap_ms, sums.split_ms),
    silence_share: ratio(sums.silence_ms, sums.heard_ms),
    hold_share: ratio(sums.hold_ms, sums.heard_ms),
    interruptions_per_minute: ratio(sums.interruptions * 60_000, sums.split_ms),
    long_silences_per_call: ratio(sums.long_silences, sums.analysed),
    risk_rated: sums.risky,
    mean_risk: ratio(sums.risk_sum, sums.risky * 100),
    high_risk: sums.high,
    critical_risk: sums.critical,
  };
}

/** Of reviews: scores in percent, rates as shares. */
export function reviewFigures(sums: Sums) {
  return {
    reviews: sums.reviews,
    average_score: ratio(sums.score_sum, sums.scored * 100),
    passed: sums.passed,
    not_passed: sums.judged - sums.passed,
    pass_rate: ratio(sums.passed, sums.judged),
    auto_failed: sums.auto_failed,
    mean_turnaround_seconds: ratio(sums.turnaround_ms, sums.turned * 1000),
    mean_work_seconds: ratio(sums.work_ms, sums.worked * 1000),
    due: sums.due,
    late: sums.late,
    sla_broken: sums.sla_broken,
    sla_violations: sums.sla_violations,
  };
}

export type CallFigures = ReturnType<typeof callFigures>;
export type ReviewFigures = ReturnType<typeof reviewFigures>;

/** To four places: enough for a hundredth of a percent. */
function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000;
}
