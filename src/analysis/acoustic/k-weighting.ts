/** Coefficients of two second-order sections in a row, each with a leading denominator of 1. */
export type KWeighting = {
  shelf: { b0: number; b1: number; b2: number; a1: number; a2: number };
  highPass: { a1: number; a2: number };
};

/**
 * The K weighting of ITU-R BS.1770 for any sample rate. The standard prints coefficients for 48 kHz only; these are the
 * analogue filters behind them, as a shelf that models the head and a high pass, transformed to the rate in question.
 */
export function kWeighting(sampleRate: number): KWeighting {
  return { shelf: shelf(sampleRate), highPass: highPass(sampleRate) };
}

function shelf(sampleRate: number): KWeighting["shelf"] {
  const gain = 10 ** (3.999843853973347 / 20);
  const q = 0.7071752369554196;
  const k = Math.tan((Math.PI * 1681.974450955533) / sampleRate);
  const middle = gain ** 0.4996667741545416;
  const a0 = 1 + k / q + k * k;
  return {
    b0: (gain + (middle * k) / q + k * k) / a0,
    b1: (2 * (k * k - gain)) / a0,
    b2: (gain - (middle * k) / q + k * k) / a0,
    a1: (2 * (k * k - 1)) / a0,
    a2: (1 - k / q + k * k) / a0,
  };
}

// Its numerator is 1, -2, 1 at every rate.
function highPass(sampleRate: number): KWeighting["highPass"] {
  const q = 0.5003270373238773;
  const k = Math.tan((Math.PI * 38.13547087602444) / sampleRate);
  const a0 = 1 + k / q + k * k;
  return { a1: (2 * (k * k - 1)) / a0, a2: (1 - k / q + k * k) / a0 };
}
