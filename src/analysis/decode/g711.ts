// ITU-T G.711: 8-bit logarithmic samples, expanded here to full scale 1. The standard's largest values (32124 for
// mu-law, 32256 for A-law, on 16 bits) are just under full scale; they stay so.

export const MULAW_TO_LINEAR = tableOf(expandMulaw);
export const ALAW_TO_LINEAR = tableOf(expandAlaw);

function tableOf(expand: (code: number) => number): Float32Array {
  return Float32Array.from({ length: 256 }, (_, code) => expand(code) / 32768);
}

// G.711 table 2: all bits inverted on the line; bias 33 on 14 bits, 132 on 16.
function expandMulaw(code: number): number {
  const bits = ~code & 0xff;
  const exponent = (bits >> 4) & 7;
  const magnitude = ((((bits & 15) << 3) + 132) << exponent) - 132;
  return bits & 0x80 ? -magnitude : magnitude;
}

// G.711 table 1: even bits inverted on the line; here a set sign bit means positive.
function expandAlaw(code: number): number {
  const bits = code ^ 0x55;
  const exponent = (bits >> 4) & 7;
  const step = ((bits & 15) << 4) + 8;
  const magnitude = exponent === 0 ? step : (step + 256) << (exponent - 1);
  return bits & 0x80 ? magnitude : -magnitude;
}
