/* The sums over samples that an analysis spends its time on, several at a time (src/analysis/acoustic/filters.ts). */
#include <wasm_simd128.h>
#include "memory.h"

/* Outputs of the half-band at a time. Their samples at even and at odd distances are set apart first, so that each tap
   reads four neighbours. */
enum { TILE = 512, TAPS = 6 };
static float evens[TILE] __attribute__((aligned(16)));
static float odds[TILE + 2 * TAPS] __attribute__((aligned(16)));

/* Half-band: out[n] for the samples at 2n, of which `centre` is the first. side[t] belongs to the distance 2t + 1, for
   TAPS of them. Reads up to nine samples beyond. */
void EXPORT(halve)(const float *centre, int outputs, const float *side, float *out) {
  v128_t half = wasm_f32x4_splat(0.5f), weights[TAPS];
  for (int t = 0; t < TAPS; t++) weights[t] = wasm_f32x4_splat(side[t]);
  for (int from = 0; from < outputs; from += TILE, centre += 2 * TILE, out += TILE) {
    int count = outputs - from < TILE ? outputs - from : TILE;
    /* odds[n] is at 2n - (2 · TAPS - 1). */
    const float *first = centre - (2 * TAPS - 1);
    for (int n = 0; n < count + 2 * TAPS; n += 4) {
      v128_t low = wasm_v128_load(first + 2 * n), high = wasm_v128_load(first + 2 * n + 4);
      wasm_v128_store(odds + n, wasm_i32x4_shuffle(low, high, 0, 2, 4, 6));
    }
    for (int n = 0; n < count; n += 4) {
      v128_t low = wasm_v128_load(centre + 2 * n), high = wasm_v128_load(centre + 2 * n + 4);
      wasm_v128_store(evens + n, wasm_i32x4_shuffle(low, high, 0, 2, 4, 6));
    }
    for (int n = 0; n < count; n += 4) {
      v128_t sum = wasm_f32x4_mul(half, wasm_v128_load(evens + n));
      const float *before = odds + n + TAPS - 1, *after = before + 1;
      for (int t = 0; t < TAPS; t++)
        sum = wasm_f32x4_add(
            sum, wasm_f32x4_mul(weights[t], wasm_f32x4_add(wasm_v128_load(before - t), wasm_v128_load(after + t))));
      if (n + 4 <= count) wasm_v128_store(out + n, sum);
      else
        for (int i = n; i < count; i++) {
          out[i] = wasm_f32x4_extract_lane(sum, 0);
          sum = wasm_i32x4_shuffle(sum, sum, 1, 2, 3, 0);
        }
    }
  }
}

/* Where the first sample is that reaches `limit`, up or down; `length` if none does. */
int EXPORT(reach)(const float *samples, int length, float limit) {
  v128_t most = wasm_f32x4_splat(limit);
  int i = 0;
  for (; i + 16 <= length; i += 16) {
    v128_t loudest = wasm_f32x4_splat(0);
    for (int j = 0; j < 16; j += 4)
      loudest = wasm_f32x4_pmax(loudest, wasm_f32x4_abs(wasm_v128_load(samples + i + j)));
    if (wasm_v128_any_true(wasm_f32x4_ge(loudest, most))) break;
  }
  for (; i < length; i++)
    if (!(samples[i] < limit && samples[i] > -limit)) return i;
  return length;
}

static float dot(const float *one, const float *other, int length) {
  v128_t first = wasm_f32x4_splat(0), second = first;
  int i = 0;
  for (; i + 8 <= length; i += 8) {
    first = wasm_f32x4_add(first, wasm_f32x4_mul(wasm_v128_load(one + i), wasm_v128_load(other + i)));
    second = wasm_f32x4_add(second, wasm_f32x4_mul(wasm_v128_load(one + i + 4), wasm_v128_load(other + i + 4)));
  }
  for (; i < length; i += 4)
    first = wasm_f32x4_add(first, wasm_f32x4_mul(wasm_v128_load(one + i), wasm_v128_load(other + i)));
  v128_t sum = wasm_f32x4_add(first, second);
  return (wasm_f32x4_extract_lane(sum, 0) + wasm_f32x4_extract_lane(sum, 1)) +
         (wasm_f32x4_extract_lane(sum, 2) + wasm_f32x4_extract_lane(sum, 3));
}

/* Polyphase: place = { start, fraction } before and after. Output n is `fraction / up` after sample `start`; `taps` is a
   multiple of 4. Gives how many outputs there were. */
int EXPORT(interpolate)(const float *held, int filled, const float *bank, int taps, int phases, int up, int down,
                        int *place, float *out) {
  int start = place[0], fraction = place[1], written = 0;
  int whole = down / up, rest = down % up;
  while (start + taps <= filled) {
    int phase = (int)((int64_t)fraction * phases / up);
    out[written++] = dot(bank + phase * taps, held + start, taps);
    start += whole;
    fraction += rest;
    if (fraction >= up) {
      fraction -= up;
      start++;
    }
  }
  place[0] = start;
  place[1] = fraction;
  return written;
}

/* Two samples as two doubles. */
static inline v128_t pair(const float *one, const float *other, int i) {
  return wasm_f64x2_promote_low_f32x4(wasm_v128_load32_lane(other + i, wasm_v128_load32_zero(one + i), 1));
}

/* The K weighting of two channels (src/analysis/acoustic/k-weighting.ts): weights = { b0, b1, b2, a1, a2 of the shelf, a1,
   a2 of the high pass }. `memory` holds what each section remembers, four pairs, and `sums` the squares of what passes.
   Each sample waits for the one before, which is why two channels take no longer than one. */
void EXPORT(weigh)(const float *one, const float *other, int length, const double *weights, double *memory, double *sums) {
  v128_t b0 = wasm_f64x2_splat(weights[0]), b1 = wasm_f64x2_splat(weights[1]), b2 = wasm_f64x2_splat(weights[2]);
  v128_t a1 = wasm_f64x2_splat(weights[3]), a2 = wasm_f64x2_splat(weights[4]);
  v128_t c1 = wasm_f64x2_splat(weights[5]), c2 = wasm_f64x2_splat(weights[6]);
  v128_t s0 = wasm_v128_load(memory), s1 = wasm_v128_load(memory + 2);
  v128_t h0 = wasm_v128_load(memory + 4), h1 = wasm_v128_load(memory + 6);
  v128_t sum = wasm_v128_load(sums);
  for (int i = 0; i < length; i++) {
    v128_t sample = pair(one, other, i);
    v128_t shelved = wasm_f64x2_add(wasm_f64x2_mul(b0, sample), s0);
    s0 = wasm_f64x2_sub(wasm_f64x2_add(wasm_f64x2_mul(b1, sample), s1), wasm_f64x2_mul(a1, shelved));
    s1 = wasm_f64x2_sub(wasm_f64x2_mul(b2, sample), wasm_f64x2_mul(a2, shelved));
    v128_t passed = wasm_f64x2_add(shelved, h0);
    h0 = wasm_f64x2_sub(wasm_f64x2_sub(h1, wasm_f64x2_add(shelved, shelved)), wasm_f64x2_mul(c1, passed));
    h1 = wasm_f64x2_sub(shelved, wasm_f64x2_mul(c2, passed));
    sum = wasm_f64x2_add(sum, wasm_f64x2_mul(passed, passed));
  }
  wasm_v128_store(memory, s0);
  wasm_v128_store(memory + 2, s1);
  wasm_v128_store(memory + 4, h0);
  wasm_v128_store(memory + 6, h1);
  wasm_v128_store(sums, sum);
}

/* How alike `window` samples (a multiple of 4) are to those each lag from `first` to `last` later: 1 for the same. */
void EXPORT(compare)(const float *samples, int window, int first, int last, double *out) {
  double own = 0, later = 0;
  for (int i = 0; i < window; i++) own += (double)samples[i] * samples[i];
  for (int i = first; i < first + window; i++) later += (double)samples[i] * samples[i];
  for (int lag = first; lag <= last; lag++) {
    v128_t low = wasm_f64x2_splat(0), high = low;
    for (int i = 0; i < window; i += 4) {
      v128_t now = wasm_v128_load(samples + i), then = wasm_v128_load(samples + i + lag);
      low = wasm_f64x2_add(low, wasm_f64x2_mul(wasm_f64x2_promote_low_f32x4(now), wasm_f64x2_promote_low_f32x4(then)));
      now = wasm_i32x4_shuffle(now, now, 2, 3, 2, 3);
      then = wasm_i32x4_shuffle(then, then, 2, 3, 2, 3);
      high = wasm_f64x2_add(high, wasm_f64x2_mul(wasm_f64x2_promote_low_f32x4(now), wasm_f64x2_promote_low_f32x4(then)));
    }
    double sum = (wasm_f64x2_extract_lane(low, 0) + wasm_f64x2_extract_lane(low, 1)) +
                 (wasm_f64x2_extract_lane(high, 0) + wasm_f64x2_extract_lane(high, 1));
    double floor = later > 1e-12 ? later : 1e-12;
    out[lag] = sum / __builtin_sqrt(own * floor + 1e-20);
    double next = samples[lag + window], past = samples[lag];
    later += next * next - past * past;
  }
}
