/** What happened to frames, over one connection or all of a destination's. */
export interface MediaCounts {
  readonly sentVideo: number
  readonly sentAudio: number
  readonly droppedVideo: number
  readonly droppedAudio: number
  readonly sentBytes: number
}

export const NO_MEDIA: MediaCounts = { sentVideo: 0, sentAudio: 0, droppedVideo: 0, droppedAudio: 0, sentBytes: 0 }

export function sumOf(a: MediaCounts, b: MediaCounts): MediaCounts {
  return {
    sentVideo: a.sentVideo + b.sentVideo,
    sentAudio: a.sentAudio + b.sentAudio,
    droppedVideo: a.droppedVideo + b.droppedVideo,
    droppedAudio: a.droppedAudio + b.droppedAudio,
    sentBytes: a.sentBytes + b.sentBytes,
  }
}
