import type { AudioParameters, VideoParameters } from '../shared/program'
import type { AmfValue } from '../shared/rtmp/amf0'
import { aacFrame, aacSequenceHeader, avcFrame, avcSequenceHeader } from '../shared/rtmp/flv'
import type { MediaItem } from './media-item'

/** Where messages go; times are milliseconds since this connection's first picture. */
export interface MediaOut {
  sendMetadata(metadata: Map<string, AmfValue>): void
  sendAudio(timestampMs: number, body: Uint8Array): void
  sendVideo(timestampMs: number, body: Uint8Array): void
}

/** Turns frames into one connection's messages: its time base, its metadata, headers whenever they change. */
export class MediaSender {
  readonly #out: MediaOut
  #baseMs: number | null = null
  #video: VideoParameters | null = null
  #audio: AudioParameters | null = null
  #knownAudio: AudioParameters | null
  sentVideo = 0
  sentAudio = 0

  /** @param audio the sound that is to come, for the metadata; null = not known yet */
  constructor(out: MediaOut, audio: AudioParameters | null) {
    this.#out = out
    this.#knownAudio = audio
  }

  /** Does the frame have a place on this connection's time? It begins at a key frame, sound and picture together. */
  takes(item: MediaItem): boolean {
    if (item.kind === 'audio') this.#knownAudio = item.parameters
    if (this.#baseMs === null && item.kind === 'video' && item.keyFrame) this.#baseMs = item.outMs
    return this.#baseMs !== null && item.outMs >= this.#baseMs
  }

  get begun(): boolean {
    return this.#baseMs !== null
  }

  /** kbit/s of picture and sound as they are meant to be. */
  get mediaKbps(): number {
    return (this.#video?.bitrateKbps ?? 0) + (this.#knownAudio?.bitrateKbps ?? 0)
  }

  send(item: MediaItem): void {
    const timestampMs = item.outMs - (this.#baseMs ?? item.outMs)
    if (item.kind === 'video') this.#sendVideo(item, timestampMs)
    else this.#sendAudio(item, timestampMs)
  }

  #sendVideo(item: Extract<MediaItem, { kind: 'video' }>, timestampMs: number): void {
    const { parameters } = item
    const before = this.#video
    if (before?.width !== parameters.width || before.height !== parameters.height) this.#out.sendMetadata(metadata(parameters, this.#knownAudio))
    if (before === null || !sameBytes(before.avcC, parameters.avcC)) this.#out.sendVideo(timestampMs, avcSequenceHeader(parameters.avcC))
    this.#video = parameters
    this.#out.sendVideo(timestampMs, avcFrame(item.data, item.keyFrame))
    this.sentVideo += 1
  }

  #sendAudio(item: Extract<MediaItem, { kind: 'audio' }>, timestampMs: number): void {
    const { parameters } = item
    if (this.#audio === null || !sameBytes(this.#audio.asc, parameters.asc)) this.#out.sendAudio(timestampMs, aacSequenceHeader(parameters.asc))
    this.#audio = parameters
    this.#out.sendAudio(timestampMs, aacFrame(item.data))
    this.sentAudio += 1
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a === b || (a.length === b.length && a.every((byte, index) => byte === b[index]))
}

function metadata(video: VideoParameters, audio: AudioParameters | null): Map<string, AmfValue> {
  const entries = new Map<string, AmfValue>([
    ['width', video.width],
    ['height', video.height],
    ['framerate', video.fps],
    ['videodatarate', video.bitrateKbps],
    ['videocodecid', 7],
  ])
  if (audio !== null) {
    entries.set('audiodatarate', audio.bitrateKbps)
    entries.set('audiosamplerate', audio.sampleRateHz)
    entries.set('audiosamplesize', 16)
    entries.set('stereo', audio.channels === 2)
    entries.set('audiocodecid', 10)
  }
  entries.set('encoder', 'AnchorDesk')
  return entries
}
