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

/* Butterflies of span 1 and 2 have twiddles of 1 and -i: no multiplications. */
static void first_two_stages(int half, double *re, double *im) {
  for (int i = 0; i < half; i += 4) {
    double ar = re[i] + re[i + 1], ai = im[i] + im[i + 1], br = re[i] - re[i + 1], bi = im[i] - im[i + 1];
    double cr = re[i + 2] + re[i + 3], ci = im[i + 2] + im[i + 3], dr = re[i + 2] - re[i + 3], di = im[i + 2] - im[i + 3];
    re[i] = ar + cr, im[i] = ai + ci;
    re[i + 1] = br + di, im[i + 1] = bi - dr;
    re[i + 2] = ar - cr, im[i + 2] = ai - ci;
    re[i + 3] = br - di, im[i + 3] = bi + dr;
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
  /* Even samples are the real parts, odd ones the imaginary parts. */
  for (int i = 0; i < half; i++) {
    int from = 2 * order[i];
    re[i] = samples[from] * window[from];
    im[i] = samples[from + 1] * window[from + 1];
  }
  first_two_stages(half, re, im);
  int span = 4;
  for (; 2 * span < half; span *= 4) {
    two_stages(half, span, turns, re, im);
    turns += 6 * span;
  }
  if (span < half) stage(half, span, turns, re, im);
  split(half, cosine, sine, re, im, power);
}
