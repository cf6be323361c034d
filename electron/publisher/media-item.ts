import type { AudioParameters, VideoParameters } from '../shared/program'

/** One frame on the publisher's output clock, on its way to every destination. Shared, never changed. */
export type MediaItem =
  | { readonly kind: 'video'; readonly outMs: number; readonly keyFrame: boolean; readonly data: Uint8Array; readonly parameters: VideoParameters }
  | { readonly kind: 'audio'; readonly outMs: number; readonly data: Uint8Array; readonly parameters: AudioParameters }
