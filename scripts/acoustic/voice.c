/* The voice net (src/analysis/acoustic/voice-net.ts): who or what sounds in a channel, from the features of its steps of
   20 ms. A dense layer, then six that each look at five steps, further and further apart, and add what they see; last a
   dense layer. An instance belongs to one channel: it keeps what later steps still need. Its weights are made by
   test/bench/speech/training. */
#include <wasm_simd128.h>
#include "voice-weights.h"

#define EXPORT(name) __attribute__((export_name(#name))) name
enum { FEATURES = 52, WIDTH = 32, LAYERS = 6, OUTPUTS = 4, MOST = 64, WIDEST = 32, QUADS = WIDTH / 4 };

static const int DILATIONS[LAYERS] = {1, 2, 4, 8, 16, 32};

static float told[MOST * FEATURES] __attribute__((aligned(16)));
static float said[MOST * OUTPUTS] __attribute__((aligned(16)));
/* The steps a layer has heard, from the oldest that it still needs. */
static float heard[LAYERS][(4 * WIDEST + MOST) * WIDTH] __attribute__((aligned(16)));
static int filled[LAYERS];
static int saidSteps;

float *EXPORT(input)(void) { return told; }
float *EXPORT(output)(void) { return said; }

/* Before the first step there was silence of the layer's own kind. */
void EXPORT(begin)(void) {
  for (int layer = 0; layer < LAYERS; layer++) {
    filled[layer] = 2 * DILATIONS[layer];
    for (int i = 0; i < filled[layer] * WIDTH; i++) heard[layer][i] = 0;
  }
}

static inline v128_t positive(v128_t values) { return wasm_f32x4_max(values, wasm_f32x4_splat(0)); }

/* sums += inputs · weights: `count` inputs, WIDTH sums. */
static inline void add(v128_t sums[QUADS], const float *inputs, int count, const float *weights) {
  for (int i = 0; i < count; i++, weights += WIDTH) {
    v128_t input = wasm_v128_load32_splat(inputs + i);
    for (int q = 0; q < QUADS; q++)
      sums[q] = wasm_f32x4_add(sums[q], wasm_f32x4_mul(input, wasm_v128_load(weights + 4 * q)));
  }
}

static void answer(const float *step) {
  v128_t sums = wasm_v128_load(LAST_BIAS);
  for (int i = 0; i < WIDTH; i++)
    sums = wasm_f32x4_add(sums, wasm_f32x4_mul(wasm_f32x4_splat(step[i] > 0 ? step[i] : 0), wasm_v128_load(LAST + OUTPUTS * i)));
  wasm_v128_store(said + OUTPUTS * saidSteps++, sums);
}

/* `steps` more steps stand behind those that a layer has: it says what it can of them, and the next layer hears that. */
static void listen(int layer, int steps) {
  for (; layer < LAYERS && steps > 0; layer++) {
    const int dilation = DILATIONS[layer], reach = 4 * dilation, last = layer == LAYERS - 1;
    const float *own = heard[layer];
    filled[layer] += steps;
    int known = filled[layer] - reach;
    for (int step = 0; step < known; step++) {
      v128_t sums[QUADS];
      float near[WIDTH] __attribute__((aligned(16)));
      const float *at = own + step * WIDTH;
      for (int q = 0; q < QUADS; q++) {
        v128_t sum = wasm_v128_load(TAPS_BIAS + layer * WIDTH + 4 * q);
        for (int tap = 0; tap < 5; tap++)
          sum = wasm_f32x4_add(sum, wasm_f32x4_mul(wasm_v128_load(at + tap * dilation * WIDTH + 4 * q),
                                                   wasm_v128_load(TAPS + (layer * 5 + tap) * WIDTH + 4 * q)));
        wasm_v128_store(near + 4 * q, positive(sum));
        sums[q] = wasm_f32x4_add(wasm_v128_load(at + 2 * dilation * WIDTH + 4 * q),
                                 wasm_v128_load(MIX_BIAS + layer * WIDTH + 4 * q));
      }
      add(sums, near, WIDTH, MIX + layer * WIDTH * WIDTH);
      float *to = last ? near : heard[layer + 1] + (filled[layer + 1] + step) * WIDTH;
      for (int q = 0; q < QUADS; q++) wasm_v128_store(to + 4 * q, sums[q]);
      if (last) answer(near);
    }
    if (known <= 0) return;
    for (int i = 0; i < reach * WIDTH; i++) heard[layer][i] = own[known * WIDTH + i];
    filled[layer] = reach;
    steps = known;
  }
}

/* Hears `steps` steps of `input`, at most 64, and gives how many are answered in `output`: later ones than those. */
int EXPORT(hear)(int steps) {
  saidSteps = 0;
  for (int step = 0; step < steps; step++) {
    v128_t sums[QUADS];
    for (int q = 0; q < QUADS; q++) sums[q] = wasm_v128_load(FIRST_BIAS + 4 * q);
    add(sums, told + step * FEATURES, FEATURES, FIRST);
    float *to = heard[0] + (filled[0] + step) * WIDTH;
    for (int q = 0; q < QUADS; q++) wasm_v128_store(to + 4 * q, positive(sums[q]));
  }
  listen(0, steps);
  return saidSteps;
}

/* After the last step: what `layer` still owes. Each layer from 0 on is asked once. */
int EXPORT(end)(int layer) {
  saidSteps = 0;
  int silent = 2 * DILATIONS[layer];
  for (int i = 0; i < silent * WIDTH; i++) heard[layer][filled[layer] * WIDTH + i] = 0;
  listen(layer, silent);
  return saidSteps;
}
