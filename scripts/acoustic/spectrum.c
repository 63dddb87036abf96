/* The power spectrum of real samples, two sums at a time (src/analysis/acoustic/real-fft.ts): one complex transform of
   half the size, decimation in time. */
#include <wasm_simd128.h>
#include "memory.h"

typedef struct { v128_t re, im; } pair;

static inline pair load(const double *re, const double *im, int at) {
  return (pair){wasm_v128_load(re + at), wasm_v128_load(im + at)};
}

static inline void store(double *re, double *im, int at, pair value) {
  wasm_v128_store(re + at, value.re);
  wasm_v128_store(im + at, value.im);
}

/* value · (cos - i sin) */
static inline pair turn(pair value, v128_t cosine, v128_t sine) {
  return (pair){wasm_f64x2_add(wasm_f64x2_mul(value.re, cosine), wasm_f64x2_mul(value.im, sine)),
                wasm_f64x2_sub(wasm_f64x2_mul(value.im, cosine), wasm_f64x2_mul(value.re, sine))};
}

static inline pair add(pair one, pair other) {
  return (pair){wasm_f64x2_add(one.re, other.re), wasm_f64x2_add(one.im, other.im)};
}

static inline pair subtract(pair one, pair other) {
  return (pair){wasm_f64x2_sub(one.re, other.re), wasm_f64x2_sub(one.im, other.im)};
}

/* Samples at + 2 · {0, 1} of the real and imaginary parts, each multiplied by the window. */
static inline pair weighed(const float *samples, const double *window, int at) {
  v128_t four = wasm_v128_load(samples + at);
  v128_t one = wasm_f64x2_mul(wasm_f64x2_promote_low_f32x4(four), wasm_v128_load(window + at));
  v128_t other = wasm_f64x2_mul(wasm_f64x2_promote_low_f32x4(wasm_i64x2_shuffle(four, four, 1, 1)),
                                wasm_v128_load(window + at + 2));
  return (pair){wasm_i64x2_shuffle(one, other, 0, 2), wasm_i64x2_shuffle(one, other, 1, 3)};
}

/* The values of two groups, to the places `one` and `other` of both. */
static inline void spread(double *to, int one, int other, v128_t left, v128_t right) {
  wasm_v128_store(to + one, wasm_i64x2_shuffle(left, right, 0, 2));
  wasm_v128_store(to + other, wasm_i64x2_shuffle(left, right, 1, 3));
}

/* Even samples are the real parts, odd ones the imaginary parts. Of places in reversed order, four in a row come from
   four quarters, and neighbours within a quarter go to places half a transform apart. Butterflies of span 1 and 2 have
   twiddles of 1 and -i: no multiplications. */
static void first_two_stages(int half, const uint16_t *order, const float *samples, const double *window, double *re,
                             double *im) {
  for (int from = 0; from < half / 4; from += 2) {
    int one = order[from], other = order[from + 1], quarter = half / 2;
    pair e = weighed(samples, window, 2 * from), f = weighed(samples, window, 2 * from + 2 * quarter);
    pair g = weighed(samples, window, 2 * from + quarter), h = weighed(samples, window, 2 * from + 3 * quarter);
    pair a = add(e, f), b = subtract(e, f), c = add(g, h), d = subtract(g, h);
    spread(re, one, other, wasm_f64x2_add(a.re, c.re), wasm_f64x2_add(b.re, d.im));
    spread(im, one, other, wasm_f64x2_add(a.im, c.im), wasm_f64x2_sub(b.im, d.re));
    spread(re, one + 2, other + 2, wasm_f64x2_sub(a.re, c.re), wasm_f64x2_sub(b.re, d.im));
    spread(im, one + 2, other + 2, wasm_f64x2_sub(a.im, c.im), wasm_f64x2_add(b.im, d.re));
  }
}

/* `turns`: the cosines of the span's twiddles, and their sines. */
static void stage(int half, int span, const double *turns, double *re, double *im) {
  for (int start = 0; start < half; start += 2 * span)
    for (int k = 0; k < span; k += 2) {
      int at = start + k;
      pair a = load(re, im, at), b = load(re, im, at + span);
      b = turn(b, wasm_v128_load(turns + k), wasm_v128_load(turns + span + k));
      store(re, im, at, add(a, b));
      store(re, im, at + span, subtract(a, b));
    }
}

/* The stages of `span` and of twice that in one pass: half as much is read and written. `turns`: those of the first, and of
   both halves of the second. */
static void two_stages(int half, int span, const double *turns, double *re, double *im) {
  for (int start = 0; start < half; start += 4 * span)
    for (int k = 0; k < span; k += 2) {
      int at = start + k;
      const double *own = turns + k;
      v128_t cosine = wasm_v128_load(own), sine = wasm_v128_load(own + span);
      pair a = load(re, im, at), c = load(re, im, at + 2 * span);
      pair z = turn(load(re, im, at + span), cosine, sine);
      pair b = subtract(a, z);
      a = add(a, z);
      z = turn(load(re, im, at + 3 * span), cosine, sine);
      pair d = subtract(c, z);
      c = turn(add(c, z), wasm_v128_load(own + 2 * span), wasm_v128_load(own + 3 * span));
      d = turn(d, wasm_v128_load(own + 4 * span), wasm_v128_load(own + 5 * span));
      store(re, im, at, add(a, c));
      store(re, im, at + span, add(b, d));
      store(re, im, at + 2 * span, subtract(a, c));
      store(re, im, at + 3 * span, subtract(b, d));
    }
}

static inline v128_t halved(v128_t value) { return wasm_f64x2_mul(value, wasm_f64x2_splat(0.5)); }

/* X[k] = E[k] + e^(-2πik/size) O[k], with E and O the transforms of the even and odd samples, both inside Z. */
static void split(int half, const double *cosine, const double *sine, const double *re, const double *im, double *power) {
  power[0] = (re[0] + im[0]) * (re[0] + im[0]);
  power[half] = (re[0] - im[0]) * (re[0] - im[0]);
  /* The last one is written twice, the second time beside the one in the middle of nothing. */
  for (int k = 1; k < half; k += 2) {
    int at = k + 1 < half ? k : half - 2;
    int mirrored = half - at - 1;
    pair one = load(re, im, at), other = load(re, im, mirrored);
    other.re = wasm_i64x2_shuffle(other.re, other.re, 1, 0);
    other.im = wasm_i64x2_shuffle(other.im, other.im, 1, 0);
    pair e = {halved(wasm_f64x2_add(one.re, other.re)), halved(wasm_f64x2_sub(one.im, other.im))};
    pair o = {halved(wasm_f64x2_add(one.im, other.im)), halved(wasm_f64x2_sub(other.re, one.re))};
    v128_t c = wasm_v128_load(cosine + at), s = wasm_v128_load(sine + at);
    v128_t xr = wasm_f64x2_add(wasm_f64x2_add(e.re, wasm_f64x2_mul(o.re, c)), wasm_f64x2_mul(o.im, s));
    v128_t xi = wasm_f64x2_sub(wasm_f64x2_add(e.im, wasm_f64x2_mul(o.im, c)), wasm_f64x2_mul(o.re, s));
    wasm_v128_store(power + at, wasm_f64x2_add(wasm_f64x2_mul(xr, xr), wasm_f64x2_mul(xi, xi)));
  }
}

/* Of 2 · half samples, each multiplied by `window`, into power[0 … half]. `order`: the bit-reversed places; `turns`: the
   twiddles of all stages in the order of their use; `cosine` and `sine`: those of the split. */
void EXPORT(transform)(int half, const uint16_t *order, const float *samples, const double *window, const double *turns,
                       const double *cosine, const double *sine, double *re, double *im, double *power) {
  first_two_stages(half, order, samples, window, re, im);
  int span = 4;
  for (; 2 * span < half; span *= 4) {
    two_stages(half, span, turns, re, im);
    turns += 6 * span;
  }
  if (span < half) stage(half, span, turns, re, im);
  split(half, cosine, sine, re, im, power);
}
