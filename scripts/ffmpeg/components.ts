/** What of FFmpeg is built: the demuxers, parsers and decoders of what records calls, and nothing else. */

// Each is asked for by name: FFmpeg never guesses from the content (src/lib/audio/sniff.ts). "mp3" is for comparisons.
const DEMUXERS = "wav,aiff,au,caf,mov,aac,ogg,flac,matroska,amr,asf,gsm,mp3";

const PARSERS = "mpegaudio,aac,opus,vorbis,flac,gsm,amr,g729,g723_1";

const DECODERS = [
  "pcm_s8,pcm_u8,pcm_mulaw,pcm_alaw,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be",
  "pcm_s32le,pcm_s32be,pcm_f32le,pcm_f32be,pcm_f64le,pcm_f64be",
  "adpcm_ms,adpcm_ima_wav,adpcm_ima_qt,adpcm_yamaha,adpcm_g722,adpcm_g726",
  "gsm,gsm_ms,g723_1,g729,truespeech,amrnb,amrwb",
  "mp1float,mp2float,mp3float,aac,alac,flac,opus,vorbis,speex",
  "wmav1,wmav2,wmavoice",
];

const SWITCHES = [
  "--enable-cross-compile --target-os=none --arch=wasm32 --enable-static --disable-shared",
  "--disable-everything --disable-autodetect --disable-programs --disable-doc --disable-debug",
  "--disable-asm --disable-pthreads --disable-network --disable-runtime-cpudetect",
  "--disable-avdevice --disable-avfilter --disable-swscale --disable-postproc",
];

/** The arguments of FFmpeg's configure. Without `--enable-gpl` and `--enable-nonfree` the result is under LGPL 2.1. */
export function configureArguments(compiler: string, tools: string): string[] {
  return [
    `--cc=${compiler} --target=wasm32-wasi`,
    `--ar=llvm-ar-${tools}`,
    `--ranlib=llvm-ranlib-${tools}`,
    `--nm=llvm-nm-${tools}`,
    "--strip=true",
    `--host-cc=${compiler}`,
    ...SWITCHES.join(" ").split(" "),
    `--enable-demuxer=${DEMUXERS}`,
    `--enable-parser=${PARSERS}`,
    `--enable-decoder=${DECODERS.join(",")}`,
    "--optflags=-O3 -msimd128",
    "--extra-cflags=-D_WASI_EMULATED_SIGNAL -D_WASI_EMULATED_PROCESS_CLOCKS -include ../compat.h -w",
  ];
}
