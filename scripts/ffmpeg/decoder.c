/* One recording per instance: `open` finds the sound, `next` gives some blocks of it as planar floats, one behind another.
 * The bytes come through the one import, `env.read`, which may suspend the instance. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "config.h"
#include "libavcodec/avcodec.h"
#include "libavformat/avformat.h"
#include "libavformat/internal.h"
#include "libavformat/isom.h"

#define EXPORT(name) __attribute__((export_name(#name), visibility("default"))) exported_##name
#define MAX_CHANNELS 8
#define IO_BYTES (32 << 10)
#define MAX_ALLOCATION (32 << 20)
#define MAX_ERRORS_IN_A_ROW 1000
/* Blocks are gathered until there are so many samples of each channel: a call costs as much as a block. Four blocks of
 * most AAC and Opus. */
#define GATHERED 3840
/* Where a longer block does not need more. */
#define ROOM 8192
#define MOST_BLOCKS 64
/* What becomes of a block; 0 is nothing, and below 0 is an error. WAITS: it is for the next call. */
#define TAKEN 1
#define WAITS 2
/* Our own codes, above all of FFmpeg's, which are negative. */
#define NO_SOUND_TRACK 1
#define NO_DECODER 2
#define TOO_MANY_CHANNELS 3

/* Copies at most `length` bytes from `at` on: how many they were, 0 at the end, below 0 when there is no answer. */
__attribute__((import_module("env"), import_name("read"))) int host_read(double at, uint8_t *to, int length);

static AVFormatContext *format;
static AVIOContext *io;
static AVCodecContext *decoder;
static AVPacket *packet;
static AVFrame *frame;
static AVStream *track;
static int64_t size, offset;
static int tracks, draining, packets, errors, last_failed, errors_in_row;
static int rate, channels;
/* Of each block that was gathered: its samples, and its place in the recording, in samples; NAN when the file does not say. */
static int lengths[MOST_BLOCKS];
static double positions[MOST_BLOCKS];
static int blocks, filled, capacity;
/* What waits: a frame, or silence. What `next` has to say once all that was gathered is given. */
static int frame_waits, silence_waits, ended, end_code;
/* Where the one edit of an MP4 ends, in samples; below 0: nowhere. */
static double edit_end = -1;
static float *converted;
static unsigned converted_bytes;

static void silent(void *context, int level, const char *text, va_list values) {}

static int read_bytes(void *opaque, uint8_t *to, int length)
{
    int count = host_read((double)offset, to, length);
    if (count == 0) return AVERROR_EOF;
    if (count < 0) return AVERROR(EIO);
    offset += count;
    return count;
}

static int64_t seek(void *opaque, int64_t to, int whence)
{
    if (whence == AVSEEK_SIZE) return size;
    if (whence == SEEK_CUR) to += offset;
    if (whence == SEEK_END) to += size;
    if (to < 0) return AVERROR(EINVAL);
    return offset = to;
}

static int open_file(const AVInputFormat *demuxer, const char *edits)
{
    AVDictionary *options = NULL;
    int code;
    offset = 0;
    format = avformat_alloc_context();
    io = avio_alloc_context(av_malloc(IO_BYTES), IO_BYTES, 0, NULL, read_bytes, NULL, seek);
    if (!format || !io) return AVERROR(ENOMEM);
    format->pb = io;
    format->flags |= AVFMT_FLAG_CUSTOM_IO;
    format->probesize = 256 << 10;
    format->max_analyze_duration = AV_TIME_BASE;
    format->max_index_size = 1 << 18;
    format->max_probe_packets = 64;
    format->max_streams = 16;
    if (!strcmp(demuxer->name, "mov,mp4,m4a,3gp,3g2,mj2")) av_dict_set(&options, "advanced_editlist", edits, 0);
    code = avformat_open_input(&format, "", demuxer, &options);
    av_dict_free(&options);
    return code;
}

static void close_file(void)
{
    if (format) avformat_close_input(&format);
    if (io) {
        av_freep(&io->buffer);
        avio_context_free(&io);
    }
}

static int is_mov(void) { return !strncmp(format->iformat->name, "mov", 3); }

static AVStream *best_track(void)
{
    int best;
    tracks = 0;
    for (unsigned i = 0; i < format->nb_streams; i++) {
        int sound = format->streams[i]->codecpar->codec_type == AVMEDIA_TYPE_AUDIO;
        tracks += sound;
        if (!sound) format->streams[i]->discard = AVDISCARD_ALL;
    }
    best = av_find_best_stream(format, AVMEDIA_TYPE_AUDIO, -1, -1, NULL, 0);
    if (best < 0) return NULL;
    for (unsigned i = 0; i < format->nb_streams; i++)
        format->streams[i]->discard = i == (unsigned)best ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
    return format->streams[best];
}

/* How many pieces of the sound an MP4's edit list puts together. Its advanced reading keeps the index twice, which in
 * four hours of sound is more memory than there is: it is for the few files that need it. */
static int edits_of(AVStream *stream)
{
    MOVStreamContext *mov = stream->priv_data;
    int count = 0;
    for (unsigned i = 0; i < mov->elst_count; i++) count += mov->elst_data[i].time != -1 || i > 0;
    return count;
}

static void find_edit_end(void)
{
    MOVStreamContext *mov = track->priv_data;
    MOVContext *movie = format->priv_data;
    double delay = 0, length = 0, media;
    if (mov->elst_count < 1 || movie->time_scale <= 0 || mov->time_scale <= 0) return;
    for (unsigned i = 0; i < mov->elst_count; i++) {
        double seconds = (double)mov->elst_data[i].duration / movie->time_scale;
        if (mov->elst_data[i].time == -1) delay = seconds;
        else {
            length = seconds;
            media = (double)(track->duration - mov->elst_data[i].time) / mov->time_scale;
            /* Encoders round the edit to the movie's clock; only a real cut ends the sound. */
            if (length > 0 && length + 0.1 < media) edit_end = (delay + length) * rate;
        }
    }
}

/* 0, one of the codes above, or an error of FFmpeg. */
int EXPORT(open)(double bytes, const char *demuxer_name)
{
    const AVInputFormat *demuxer = av_find_input_format(demuxer_name);
    const AVCodec *codec;
    int code;
    av_log_set_callback(silent);
    av_max_alloc(MAX_ALLOCATION);
    size = (int64_t)bytes;
    if (!demuxer) return AVERROR_DEMUXER_NOT_FOUND;
    if ((code = open_file(demuxer, "0")) < 0) return code;
    track = best_track();
    if (track && is_mov() && edits_of(track) > 1) {
        close_file();
        if ((code = open_file(demuxer, "1")) < 0) return code;
    }
    if ((code = avformat_find_stream_info(format, NULL)) < 0) return code;
    if (!(track = best_track())) return NO_SOUND_TRACK;
    if (track->codecpar->ch_layout.nb_channels > MAX_CHANNELS) return TOO_MANY_CHANNELS;
    if (!(codec = avcodec_find_decoder(track->codecpar->codec_id))) return NO_DECODER;
    decoder = avcodec_alloc_context3(codec);
    packet = av_packet_alloc();
    frame = av_frame_alloc();
    if (!decoder || !packet || !frame) return AVERROR(ENOMEM);
    if ((code = avcodec_parameters_to_context(decoder, track->codecpar)) < 0) return code;
    decoder->pkt_timebase = track->time_base;
    if ((code = avcodec_open2(decoder, codec, NULL)) < 0) return code;
    rate = track->codecpar->sample_rate;
    channels = track->codecpar->ch_layout.nb_channels;
    if (is_mov() && edits_of(track) == 1 && rate > 0) find_edit_end();
    return 0;
}

static double place(int64_t pts, int at_rate)
{
    if (pts == AV_NOPTS_VALUE) return NAN;
    return (double)pts * track->time_base.num * at_rate / track->time_base.den;
}

/* Room for a block behind those that are gathered; WAITS when there is none, or when it is of another form than they. */
static int room(int samples, int at_rate, int count)
{
    unsigned needed;
    if (blocks > 0) {
        int alike = at_rate == rate && count == channels;
        return alike && blocks < MOST_BLOCKS && samples <= capacity - filled ? 0 : WAITS;
    }
    rate = at_rate;
    channels = count;
    capacity = samples > ROOM ? samples : ROOM;
    needed = (unsigned)capacity * count * sizeof(float);
    if (needed > converted_bytes) {
        free(converted);
        converted = malloc(needed);
        converted_bytes = converted ? needed : 0;
    }
    return converted ? 0 : AVERROR(ENOMEM);
}

static int taken(int samples, double position)
{
    lengths[blocks] = samples;
    positions[blocks++] = position;
    filled += samples;
    return TAKEN;
}

static float *end_of(int channel) { return converted + (size_t)channel * capacity + filled; }

#define SPREAD(type, value)                                                                                            \
    for (int c = 0; c < channels; c++) {                                                                               \
        const type *from = planar ? (const type *)frame->extended_data[c] : (const type *)frame->data[0] + c;         \
        float *to = end_of(c);                                                                                         \
        for (int i = 0; i < samples; i++) {                                                                            \
            float x = from[i * step];                                                                                  \
            to[i] = value;                                                                                             \
        }                                                                                                              \
    }                                                                                                                  \
    break

/* Damaged files decode to anything, also to what is no number. */
static inline float bounded(float x) { return x != x ? 0 : x > 1 ? 1 : x < -1 ? -1 : x; }

/* The frame as floats. */
static int take_frame(void)
{
    int samples = frame->nb_samples, planar = av_sample_fmt_is_planar(frame->format);
    int step, code;
    if (frame->ch_layout.nb_channels < 1 || frame->ch_layout.nb_channels > MAX_CHANNELS || samples < 1) return 0;
    if ((code = room(samples, frame->sample_rate, frame->ch_layout.nb_channels)) != 0) return code;
    step = planar ? 1 : channels;
    switch (av_get_packed_sample_fmt(frame->format)) {
    case AV_SAMPLE_FMT_U8: SPREAD(uint8_t, (x - 128.f) * (1.f / 128));
    case AV_SAMPLE_FMT_S16: SPREAD(int16_t, x * (1.f / 32768));
    case AV_SAMPLE_FMT_S32: SPREAD(int32_t, x * (1.f / 2147483648.f));
    case AV_SAMPLE_FMT_FLT: SPREAD(float, bounded(x));
    case AV_SAMPLE_FMT_DBL: SPREAD(double, bounded(x));
    default: return AVERROR(ENOSYS);
    }
    return taken(samples, place(frame->best_effort_timestamp, rate));
}

/* Silence for as long as the packet lasts. */
static int take_silence(void)
{
    int64_t samples = av_rescale(packet->duration * track->time_base.num, rate, track->time_base.den);
    int code;
    if (samples < 1 || samples > 1 << 16 || channels < 1 || channels > MAX_CHANNELS) return 0;
    if ((code = room(samples, rate, channels)) != 0) return code == WAITS ? code : 0;
    for (int c = 0; c < channels; c++) memset(end_of(c), 0, samples * sizeof(float));
    return taken(samples, place(packet->pts, rate));
}

/* Comfort noise and "no data" of AMR: the caller is silent, and FFmpeg has no decoder for it. */
static int is_quiet_amr(void)
{
    return decoder->codec_id == AV_CODEC_ID_AMR_NB && channels == 1 && packet->size > 0 && (packet->data[0] >> 3 & 15) > 7;
}

static int take_quiet(void)
{
    int code = take_silence();
    silence_waits = code == WAITS;
    return code;
}

/* The next block: TAKEN, WAITS, 0 at the end, or an error of FFmpeg when nothing more can be had. */
static int next_block(void)
{
    if (silence_waits && take_quiet() != 0) return TAKEN;
    for (;;) {
        int code = frame_waits ? 0 : avcodec_receive_frame(decoder, frame), failed;
        if (code >= 0 && (code = take_frame()) != 0) {
            frame_waits = code == WAITS;
            errors_in_row = last_failed = 0;
            return code;
        }
        frame_waits = 0;
        if (code == AVERROR_EOF) return 0;
        if (code < 0 && code != AVERROR(EAGAIN)) {
            errors++;
            last_failed = 1;
            if (++errors_in_row > MAX_ERRORS_IN_A_ROW) return code;
        }
        av_packet_unref(packet);
        if (draining) return 0;
        do {
            av_packet_unref(packet);
            code = av_read_frame(format, packet);
        } while (code >= 0 && packet->stream_index != track->index);
        if (code < 0) {
            if (code != AVERROR_EOF) errors++;
            draining = 1;
            avcodec_send_packet(decoder, NULL);
            continue;
        }
        packets++;
        if (is_quiet_amr()) {
            if ((code = take_quiet()) > 0) return code;
            continue;
        }
        failed = avcodec_send_packet(decoder, packet);
        if (failed >= 0) continue;
        errors++;
        last_failed = 1;
        if (++errors_in_row > MAX_ERRORS_IN_A_ROW) return failed;
        if ((code = take_quiet()) > 0) return code;
    }
}

/* How many blocks there are now; 0 at the end; an error of FFmpeg. */
int EXPORT(next)(void)
{
    int code = TAKEN;
    if (ended) return end_code;
    blocks = filled = 0;
    while (filled < GATHERED && code == TAKEN) code = next_block();
    if (code <= 0) {
        ended = 1;
        end_code = code;
    }
    return blocks > 0 ? blocks : code;
}
void *EXPORT(allocate)(int bytes) { return malloc(bytes); }
int EXPORT(sample_rate)(void) { return rate; }
int EXPORT(channel_count)(void) { return channels; }
const float *EXPORT(plane)(int channel) { return converted + (size_t)channel * capacity; }
const int *EXPORT(block_lengths)(void) { return lengths; }
const double *EXPORT(block_positions)(void) { return positions; }
double EXPORT(edit_end_position)(void) { return edit_end; }
int EXPORT(error_count)(void) { return errors; }
int EXPORT(packet_count)(void) { return packets; }
/* Whether the very last packet was an error: typical of a file that was cut. */
int EXPORT(ends_with_error)(void) { return last_failed; }
int EXPORT(track_count)(void) { return tracks; }
const char *EXPORT(codec_name)(void) { return track ? avcodec_get_name(track->codecpar->codec_id) : ""; }
int EXPORT(bits_per_sample)(void) { return track ? av_get_bits_per_sample(track->codecpar->codec_id) : 0; }

/* What the file claims, in seconds; below 0 where it claims nothing, or FFmpeg only guessed from the bitrate. */
double EXPORT(stated_seconds)(void)
{
    if (edit_end >= 0) return edit_end / rate;
    if (format->duration_estimation_method == AVFMT_DURATION_FROM_BITRATE) return -1;
    if (track->duration != AV_NOPTS_VALUE && track->duration > 0)
        return (double)track->duration * track->time_base.num / track->time_base.den;
    return format->duration == AV_NOPTS_VALUE ? -1 : (double)format->duration / AV_TIME_BASE;
}
