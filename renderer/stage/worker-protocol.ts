import type { ErrorInfo } from '../../electron/shared/errors'
import type { OverlayBanner, OverlayComment, OverlayState } from '../../electron/shared/overlay'
import type { Profile } from '../../electron/shared/profile'
import type { Scene } from '../../electron/shared/scene'
import type { Layout, SeatEntry } from '../../electron/shared/seats'
import type { Card } from '../../electron/shared/show-status'
import type { StageStats } from '../../electron/shared/stage'

/** A co-anchor as the program has to know it. */
export interface StagedGuest extends Omit<SeatEntry, 'ready'> {
  readonly nick: string
  /** The line is gone; the place is kept for a while. */
  readonly lost: boolean
}

/** Between the stage's page (devices) and its worker (pictures, sound, encoders). Same process, same build: typed, not validated. */
export type ToWorker =
  | { readonly type: 'port'; readonly use: 'program' | 'preview'; readonly port: MessagePort }
  | { readonly type: 'profile'; readonly profile: Profile }
  | { readonly type: 'scene'; readonly scene: Scene }
  /** Frames of an opened device; replaces the former ones. */
  | { readonly type: 'video'; readonly id: string; readonly frames: ReadableStream<VideoFrame> }
  | { readonly type: 'audio'; readonly id: string; readonly samples: ReadableStream<AudioData> }
  | { readonly type: 'image'; readonly id: string; readonly file: Blob; readonly name: string }
  /** The device is gone: its picture becomes a card with a name, its sound silence. */
  | { readonly type: 'lost'; readonly id: string; readonly name: string; readonly message: string }
  /** Everybody, in the greenroom and on the air; before the streams of whoever is new. */
  | { readonly type: 'guests'; readonly layout: Layout; readonly guests: readonly StagedGuest[] }
  /** A guest's picture and sound; they replace the former ones. */
  | { readonly type: 'guest-video'; readonly userId: string; readonly frames: ReadableStream<VideoFrame> }
  | { readonly type: 'guest-audio'; readonly userId: string; readonly samples: ReadableStream<AudioData> }
  /** Where a guest's mix-minus goes, and where the program's picture goes for all of them. */
  | { readonly type: 'guest-return'; readonly userId: string; readonly samples: WritableStream<AudioData> }
  | { readonly type: 'program-return'; readonly frames: WritableStream<VideoFrame> }
  /** Where the anchor's own scene goes, without the others: other rooms have those in their own places. */
  | { readonly type: 'scene-return'; readonly frames: WritableStream<VideoFrame> }
  | { readonly type: 'guest-return-ended'; readonly userId: string }
  | { readonly type: 'talk-to'; readonly userId: string | null }
  | { readonly type: 'start-program'; readonly title: string; readonly language: 'en' | 'zh-CN' }
  | { readonly type: 'stop-program' }
  | { readonly type: 'overlay'; readonly overlay: OverlayState }
  | { readonly type: 'overlay-say'; readonly comments: readonly OverlayComment[] }
  | { readonly type: 'overlay-take'; readonly ids: readonly string[] }
  | { readonly type: 'overlay-banner'; readonly banner: OverlayBanner }
  /** Viewers get the card and silence; ends with the show. */
  | { readonly type: 'paused'; readonly paused: boolean; readonly card: Card }
  /** On the program, over the scene; '' = none. */
  | { readonly type: 'line'; readonly text: string }
  | { readonly type: 'measure'; readonly requestId: string; readonly forMs: number }

/** One source as the worker saw it since the last report. */
export interface SourceReading {
  readonly fps: number
  readonly width: number
  readonly height: number
  /** Since the newest frame; null before the first. */
  readonly ageMs: number | null
}

export interface Measurement {
  /** Frames a second and luma variance by source id. */
  readonly pictures: Readonly<Record<string, { fps: number; variance: number | null }>>
  readonly peaksDb: Readonly<Record<string, number>>
  readonly encoder: { readonly ok: boolean; readonly hardware: boolean; readonly fps: number }
}

export type FromWorker =
  /** The first word: messages are taken from here on. */
  | { readonly type: 'opened' }
  /** The program could not start; the worker is of no use. */
  | { readonly type: 'open-failed'; readonly reason: string }
  | {
      readonly type: 'stats'
      readonly stats: StageStats
      readonly sources: Readonly<Record<string, SourceReading>>
      readonly guests: Readonly<Record<string, SourceReading>>
    }
  | { readonly type: 'program'; readonly state: 'off' | 'starting' | 'on' | 'failed'; readonly error: ErrorInfo | null }
  | { readonly type: 'image-failed'; readonly id: string; readonly error: ErrorInfo }
  | { readonly type: 'measured'; readonly requestId: string; readonly measurement: Measurement }
  | { readonly type: 'log'; readonly level: 'info' | 'warn' | 'error'; readonly message: string }
