/** Chromium's frames of a track as a stream (W3C mediacapture-transform); not in TypeScript's DOM types. */
declare class MediaStreamTrackProcessor<T extends VideoFrame | AudioData> {
  constructor(init: { track: MediaStreamTrack; maxBufferSize?: number })
  readonly readable: ReadableStream<T>
}
