/* The sums of the rate changes, four at a time (src/analysis/acoustic/filters.ts). Memory is given out once and never
   taken back: an instance belongs to one channel. */
#include <stdint.h>
#include <wasm_simd128.h>

#define EXPORT(name) __attribute__((export_name(#name))) name

extern unsigned char __heap_base;
static uintptr_t top;

/* In 16 bytes each; 0 when there is no more memory. */
void *EXPORT(allocate)(int bytes) {
  if (top == 0) top = ((uintptr_t)&__heap_base + 15) & ~(uintptr_t)15;
  uintptr_t at = top;
  top += ((uintptr_t)bytes + 15) & ~(uintptr_t)15;
  uintptr_t have = __builtin_wasm_memory_size(0) * 65536;
  if (top > have && __builtin_wasm_memory_grow(0, (top - have + 65535) / 65536) == (uintptr_t)-1) return 0;
  return (void *)at;
}

/* Half-band: out[n] for the samples at 2n, of which `centre` is the first. side[t] belongs to the distance 2t + 1. */
void EXPORT(halve)(const float *centre, int outputs, const float *side, int taps, float *out) {
  v128_t half = wasm_f32x4_splat(0.5f);
  int n = 0;
  for (; n + 4 <= outputs; n += 4, centre += 8) {
    v128_t sum = wasm_f32x4_mul(half, wasm_i32x4_shuffle(wasm_v128_load(centre), wasm_v128_load(centre + 4), 0, 2, 4, 6));
    for (int t = 0; t < taps; t++) {
      const float *left = centre - (2 * t + 1), *right = centre + (2 * t + 1);
      v128_t before = wasm_i32x4_shuffle(wasm_v128_load(left), wasm_v128_load(left + 4), 0, 2, 4, 6);
      v128_t after = wasm_i32x4_shuffle(wasm_v128_load(right), wasm_v128_load(right + 4), 0, 2, 4, 6);
      sum = wasm_f32x4_add(sum, wasm_f32x4_mul(wasm_f32x4_splat(side[t]), wasm_f32x4_add(before, after)));
    }
    wasm_v128_store(out + n, sum);
  }
  for (; n < outputs; n++, centre += 2) {
    float sum = 0.5f * centre[0];
    for (int t = 0; t < taps; t++) sum += side[t] * (centre[-(2 * t + 1)] + centre[2 * t + 1]);
    out[n] = sum;
  }
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
