/* FFmpeg's transforms and filters that most of the decoding of AAC and Opus goes into, for WebAssembly's vectors of four
 * floats. FFmpeg has such functions for processors only; these take their place in its tables (the linker's --wrap, see
 * build.ts). They are rewritten from FFmpeg's plain ones, with the same operations in the same order (fft_template.c,
 * mdct_template.c, mdct15.c, opusdsp.c, float_dsp.c), and under its licence, LGPL 2.1 or later. */
#include <wasm_simd128.h>
#include "config.h"
#include "libavcodec/fft.h"
#include "libavcodec/mdct15.h"
#include "libavcodec/opusdsp.h"
#include "libavutil/float_dsp.h"

#define REAL(function) __real_##function
#define WRAP(function) __wrap_##function

/* Four complex numbers, their real and their imaginary parts together. */
typedef struct { v128_t re, im; } quad;

static inline v128_t add(v128_t a, v128_t b) { return wasm_f32x4_add(a, b); }
static inline v128_t sub(v128_t a, v128_t b) { return wasm_f32x4_sub(a, b); }
static inline v128_t mul(v128_t a, v128_t b) { return wasm_f32x4_mul(a, b); }
static inline v128_t reversed(v128_t a) { return wasm_i32x4_shuffle(a, a, 3, 2, 1, 0); }
static inline quad plus(quad a, quad b) { return (quad){add(a.re, b.re), add(a.im, b.im)}; }
static inline quad minus(quad a, quad b) { return (quad){sub(a.re, b.re), sub(a.im, b.im)}; }
static inline quad scaled(quad a, v128_t by) { return (quad){mul(a.re, by), mul(a.im, by)}; }

static inline quad times(quad a, v128_t re, v128_t im)
{
    return (quad){sub(mul(a.re, re), mul(a.im, im)), add(mul(a.re, im), mul(a.im, re))};
}

static inline quad apart(v128_t low, v128_t high)
{
    return (quad){wasm_i32x4_shuffle(low, high, 0, 2, 4, 6), wasm_i32x4_shuffle(low, high, 1, 3, 5, 7)};
}

static inline quad load(const void *from) { return apart(wasm_v128_load(from), wasm_v128_load((const float *)from + 4)); }

static inline quad load_reversed(const FFTComplex *from)
{
    quad a = load(from);
    return (quad){reversed(a.re), reversed(a.im)};
}

static inline quad gather(const FFTComplex *a, const FFTComplex *b, const FFTComplex *c, const FFTComplex *d)
{
    return apart(wasm_v128_load64_lane(b, wasm_v128_load64_zero(a), 1),
                 wasm_v128_load64_lane(d, wasm_v128_load64_zero(c), 1));
}

static inline void store(FFTComplex *to, quad a)
{
    wasm_v128_store(to, wasm_i32x4_shuffle(a.re, a.im, 0, 4, 1, 5));
    wasm_v128_store(to + 2, wasm_i32x4_shuffle(a.re, a.im, 2, 6, 3, 7));
}

static inline void scatter(FFTComplex *a, FFTComplex *b, FFTComplex *c, FFTComplex *d, quad value)
{
    v128_t low = wasm_i32x4_shuffle(value.re, value.im, 0, 4, 1, 5);
    v128_t high = wasm_i32x4_shuffle(value.re, value.im, 2, 6, 3, 7);
    wasm_v128_store64_lane(a, low, 0);
    wasm_v128_store64_lane(b, low, 1);
    wasm_v128_store64_lane(c, high, 0);
    wasm_v128_store64_lane(d, high, 1);
}

/* Split radix: a quarter, and two more from half on, are turned and put together. */
static void combine(FFTComplex *z, int quarter, const float *cosines)
{
    const float *sines = cosines + quarter - 3;
    for (int k = 0; k < quarter; k += 4) {
        FFTComplex *to = z + k;
        v128_t re = wasm_v128_load(cosines + k), im = reversed(wasm_v128_load(sines - k));
        quad a0 = load(to), a1 = load(to + quarter), a2 = load(to + 2 * quarter), a3 = load(to + 3 * quarter);
        quad one = times(a2, re, wasm_f32x4_neg(im)), other = times(a3, re, im);
        quad sum = plus(other, one), difference = minus(other, one);
        store(to + 2 * quarter, minus(a0, sum));
        store(to, plus(a0, sum));
        store(to + 3 * quarter, (quad){add(a1.re, difference.im), sub(a1.im, difference.re)});
        store(to + quarter, (quad){sub(a1.re, difference.im), add(a1.im, difference.re)});
    }
}

enum { PLAIN_BITS = 4 };
static void (*plain_fft)(FFTContext *, FFTComplex *);
static FFTContext plain[PLAIN_BITS + 1];

static void fft(FFTComplex *z, int bits)
{
    int size = 1 << bits;
    if (bits <= PLAIN_BITS) {
        plain_fft(plain + bits, z);
        return;
    }
    fft(z, bits - 1);
    fft(z + size / 2, bits - 2);
    fft(z + size / 4 * 3, bits - 2);
    combine(z, size / 4, ff_cos_tabs[bits]);
}

static void fft_calc(FFTContext *s, FFTComplex *z) { fft(z, s->nbits); }

static void imdct_half(FFTContext *s, float *output, const float *input)
{
    FFTComplex *z = (FFTComplex *)output;
    int quarter = 1 << s->mdct_bits >> 2, eighth = quarter / 2;
    const float *in = input, *end = input + 2 * quarter - 8;
    for (int k = 0; k < quarter; k += 4, in += 8, end -= 8) {
        const uint16_t *to = s->revtab + k;
        v128_t late = load(end).im, early = load(in).re;
        quad turned = times((quad){reversed(late), early}, wasm_v128_load(s->tcos + k), wasm_v128_load(s->tsin + k));
        scatter(z + to[0], z + to[1], z + to[2], z + to[3], turned);
    }
    fft(z, s->nbits);
    for (int k = 0; k < eighth; k += 4) {
        int up = eighth + k, down = eighth - 4 - k;
        quad a = load(z + down), b = load(z + up);
        quad c = times((quad){a.im, a.re}, wasm_v128_load(s->tsin + down), wasm_v128_load(s->tcos + down));
        quad d = times((quad){b.im, b.re}, wasm_v128_load(s->tsin + up), wasm_v128_load(s->tcos + up));
        store(z + down, (quad){c.re, reversed(d.im)});
        store(z + up, (quad){d.re, reversed(c.im)});
    }
}

int REAL(ff_fft_init)(FFTContext *s, int nbits, int inverse);

int WRAP(ff_fft_init)(FFTContext *s, int nbits, int inverse)
{
    int code = REAL(ff_fft_init)(s, nbits, inverse);
    if (code < 0) return code;
    plain_fft = s->fft_calc;
    for (int bits = 0; bits <= PLAIN_BITS; bits++) plain[bits].nbits = bits;
    s->fft_calc = fft_calc;
    /* Fewer would not fill the vectors. */
    if (nbits >= 3) s->imdct_half = imdct_half;
    return code;
}

/* Of inputs `from`, `from` + 3, … + 12: four transforms side by side. */
static inline void fft5(quad out[5], const quad in[15], int from, const FFTComplex turns[2])
{
    v128_t c0 = wasm_f32x4_splat(turns[0].re), c1 = wasm_f32x4_splat(turns[1].re);
    v128_t s0 = wasm_f32x4_splat(turns[0].im), s1 = wasm_f32x4_splat(turns[1].im);
    quad first = in[from], a = in[from + 3], b = in[from + 6], c = in[from + 9], d = in[from + 12];
    quad t0 = plus(a, d), t2 = plus(b, c), t1 = {sub(a.im, d.im), sub(a.re, d.re)}, t3 = {sub(b.im, c.im), sub(b.re, c.re)};
    out[0] = plus(plus(plus(plus(first, a), b), c), d);
    quad t4 = minus(scaled(t2, c0), scaled(t0, c1));
    t0 = minus(scaled(t0, c0), scaled(t2, c1));
    quad t5 = minus(scaled(t3, s0), scaled(t1, s1));
    t1 = plus(scaled(t1, s0), scaled(t3, s1));
    quad z0 = minus(t0, t1), z1 = plus(t4, t5), z2 = minus(t4, t5), z3 = plus(t0, t1);
    out[1] = (quad){add(first.re, z3.re), add(first.im, z0.im)};
    out[2] = (quad){add(first.re, z2.re), add(first.im, z1.im)};
    out[3] = (quad){add(first.re, z1.re), add(first.im, z2.im)};
    out[4] = (quad){add(first.re, z0.re), add(first.im, z3.im)};
}

static inline quad turned(quad a, FFTComplex by) { return times(a, wasm_f32x4_splat(by.re), wasm_f32x4_splat(by.im)); }

/* Four transforms of 15 side by side; `out` of the n-th is at to[n], each number `stride` behind the one before. */
static void fft15(FFTComplex *out, const uint16_t *to, ptrdiff_t stride, const quad in[15], const FFTComplex *turns)
{
    quad one[5], two[5], three[5];
    fft5(one, in, 0, turns + 19);
    fft5(two, in, 1, turns + 19);
    fft5(three, in, 2, turns + 19);
    for (int k = 0; k < 5; k++)
        for (int part = 0; part < 3; part++) {
            int at = k + 5 * part, twice = part == 2 ? 2 * k + 5 : 2 * at;
            quad value = plus(plus(one[k], turned(two[k], turns[at])), turned(three[k], turns[twice]));
            FFTComplex *place = out + stride * at;
            scatter(place + to[0], place + to[1], place + to[2], place + to[3], value);
        }
}

static void postrotate(FFTComplex *out, const FFTComplex *in, const FFTComplex *turns, const int *from, int eighth)
{
    int i = 0;
    for (; i + 4 <= eighth; i += 4) {
        int up = eighth + i, down = eighth - 4 - i;
        const int *a = from + up, *b = from + down;
        quad rising = gather(in + a[0], in + a[1], in + a[2], in + a[3]), turn = load(turns + up);
        quad falling = gather(in + b[0], in + b[1], in + b[2], in + b[3]), other = load(turns + down);
        rising = times((quad){rising.im, rising.re}, turn.im, turn.re);
        falling = times((quad){falling.im, falling.re}, other.im, other.re);
        store(out + up, (quad){rising.re, reversed(falling.im)});
        store(out + down, (quad){falling.re, reversed(rising.im)});
    }
    for (; i < eighth; i++) {
        int up = eighth + i, down = eighth - 1 - i;
        FFTComplex a = in[from[up]], b = in[from[down]], turn = turns[up], other = turns[down];
        out[up] = (FFTComplex){a.im * turn.im - a.re * turn.re, b.im * other.re + b.re * other.im};
        out[down] = (FFTComplex){b.im * other.im - b.re * other.re, a.im * turn.re + a.re * turn.im};
    }
}

static void imdct15_half(MDCT15Context *s, float *dst, const float *src, ptrdiff_t stride)
{
    int count = 1 << s->ptwo_fft.nbits;
    const float *end = src + (s->len2 - 1) * stride;
    const FFTComplex *turns = s->twiddle_exptab;
    for (int i = 0; i < count; i += 4) {
        quad in[15];
        for (int j = 0; j < 15; j++) {
            const int *index = s->pfa_prereindex + 15 * i + j;
            int a = index[0], b = index[15], c = index[30], d = index[45];
            quad turn = gather(turns + (a >> 1), turns + (b >> 1), turns + (c >> 1), turns + (d >> 1));
            v128_t late = wasm_f32x4_make(end[-a * stride], end[-b * stride], end[-c * stride], end[-d * stride]);
            v128_t early = wasm_f32x4_make(src[a * stride], src[b * stride], src[c * stride], src[d * stride]);
            in[j] = times((quad){late, early}, turn.re, turn.im);
        }
        fft15(s->tmp, s->ptwo_fft.revtab + i, count, in, s->exptab);
    }
    for (int i = 0; i < 15; i++) fft(s->tmp + count * i, s->ptwo_fft.nbits);
    postrotate((FFTComplex *)dst, s->tmp, turns, s->pfa_postreindex, s->len4 / 2);
}

int REAL(ff_mdct15_init)(MDCT15Context **ps, int inverse, int N, double scale);

int WRAP(ff_mdct15_init)(MDCT15Context **ps, int inverse, int N, double scale)
{
    int code = REAL(ff_mdct15_init)(ps, inverse, N, scale);
    if (code >= 0 && N >= 3) (*ps)->imdct_half = imdct15_half;
    return code;
}

/* The period is at least 15, so that none of four samples is of the other three. */
static void postfilter(float *data, int period, float *gains, int len)
{
    v128_t g0 = wasm_f32x4_splat(gains[0]), g1 = wasm_f32x4_splat(gains[1]), g2 = wasm_f32x4_splat(gains[2]);
    int i = 0;
    for (; i + 4 <= len; i += 4) {
        const float *past = data + i - period;
        v128_t near = add(wasm_v128_load(past + 1), wasm_v128_load(past - 1));
        v128_t far = add(wasm_v128_load(past + 2), wasm_v128_load(past - 2));
        v128_t sum = add(add(mul(g0, wasm_v128_load(past)), mul(g1, near)), mul(g2, far));
        wasm_v128_store(data + i, add(wasm_v128_load(data + i), sum));
    }
    for (; i < len; i++) {
        const float *past = data + i - period;
        data[i] += gains[0] * past[0] + gains[1] * (past[1] + past[-1]) + gains[2] * (past[2] + past[-2]);
    }
}

/* y[i] = x[i] + c · y[i - 1]: what four samples hand on among themselves, and then what the one before them does. */
static float deemphasis(float *y, float *x, float before, int len)
{
    const float c = CELT_EMPH_COEFF, c2 = c * c;
    const v128_t none = wasm_f32x4_splat(0), once = wasm_f32x4_splat(c), twice = wasm_f32x4_splat(c2);
    const v128_t powers = wasm_f32x4_make(c, c2, c2 * c, c2 * c2);
    int i = 0;
    for (; i + 4 <= len; i += 4) {
        v128_t own = wasm_v128_load(x + i);
        own = add(own, mul(once, wasm_i32x4_shuffle(none, own, 0, 4, 5, 6)));
        own = add(own, mul(twice, wasm_i32x4_shuffle(none, own, 0, 1, 4, 5)));
        own = add(own, mul(powers, wasm_f32x4_splat(before)));
        wasm_v128_store(y + i, own);
        before = wasm_f32x4_extract_lane(own, 3);
    }
    for (; i < len; i++) before = y[i] = x[i] + before * c;
    return before;
}

void REAL(ff_opus_dsp_init)(OpusDSP *dsp);

void WRAP(ff_opus_dsp_init)(OpusDSP *dsp)
{
    REAL(ff_opus_dsp_init)(dsp);
    dsp->postfilter = postfilter;
    dsp->deemphasis = deemphasis;
}

/* `len` is a multiple of four. */
static void vector_fmul_window(float *dst, const float *src0, const float *src1, const float *win, int len)
{
    for (int i = 0, j = 2 * len - 4; i < len; i += 4, j -= 4) {
        v128_t s0 = wasm_v128_load(src0 + i), s1 = reversed(wasm_v128_load(src1 + j - len));
        v128_t wi = wasm_v128_load(win + i), wj = reversed(wasm_v128_load(win + j));
        wasm_v128_store(dst + i, sub(mul(s0, wj), mul(s1, wi)));
        wasm_v128_store(dst + j, reversed(add(mul(s0, wi), mul(s1, wj))));
    }
}

AVFloatDSPContext *REAL(avpriv_float_dsp_alloc)(int strict);

AVFloatDSPContext *WRAP(avpriv_float_dsp_alloc)(int strict)
{
    AVFloatDSPContext *dsp = REAL(avpriv_float_dsp_alloc)(strict);
    if (dsp) dsp->vector_fmul_window = vector_fmul_window;
    return dsp;
}
