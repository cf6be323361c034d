import type { TRTCMediaSource } from 'trtc-electron-sdk'
import type { ErrorInfo } from '../../../electron/shared/errors'
import { isPicture, type PictureSource, type Scene } from '../../../electron/shared/scene'
import { FILL, MEDIA, MIRROR } from '../constants'
import { findDevice, findScreen, type Machine, type Still } from '../scene-plan'

/** One source of the scene as the media mixing manager takes it. */
export interface MixedSource {
  /** Of the scene's source. */
  readonly id: string
  readonly label: string
  readonly media: TRTCMediaSource
}

export interface MixingPlan {
  /** Bottom first. */
  readonly sources: readonly MixedSource[]
  readonly errors: ReadonlyMap<string, ErrorInfo>
}

export interface MixingInput {
  readonly scene: Scene
  readonly machine: Machine
  readonly width: number
  readonly height: number
  /** Files of texts and images that are drawn, by `stillKey`. */
  readonly files: ReadonlyMap<string, string>
}

/** The same key, the same picture on disk. */
export function stillKey(still: Still, width: number, height: number): string {
  return JSON.stringify(
    still.kind === 'image'
      ? [still.asset]
      : [still.text, still.colour, still.background, still.size, still.align, still.transform.width, still.transform.height, width, height],
  )
}

/** The whole scene for the mixing manager: several cameras and screens, texts and images as files. Pure. */
export function planMixing({ scene, machine, width, height, files }: MixingInput): MixingPlan {
  const errors = new Map<string, ErrorInfo>()
  const taken = new Set<string>()
  const sources = scene.sources
    .filter((source): source is PictureSource => isPicture(source) && source.visible)
    .flatMap((source, zOrder): MixedSource[] => {
      const found = find(source, { machine, width, height, files })
      if (found === 'waits') return []
      if (found === null) {
        errors.set(source.id, missing(source, machine))
        return []
      }
      const key = `${found.sourceType}/${found.sourceId}`
      // The manager takes each device once.
      if (taken.has(key)) {
        errors.set(source.id, { code: 'trtc.source-unsupported', context: {} })
        return []
      }
      taken.add(key)
      const { label, ...media } = found
      return [{ id: source.id, label, media: { ...media, ...placed(source, width, height), zOrder: zOrder + 1 } }]
    })
  return { sources, errors }
}

type Found = Pick<TRTCMediaSource, 'sourceType' | 'sourceId'> & { readonly label: string }

/** `waits`: its file is not drawn yet. */
function find(source: PictureSource, { machine, width, height, files }: Omit<MixingInput, 'scene'>): Found | 'waits' | null {
  switch (source.kind) {
    case 'camera': {
      const device = findDevice(machine.cameras, source, machine.bound)
      return device === undefined ? null : { sourceType: MEDIA.camera, sourceId: device.id, label: device.label }
    }
    case 'screen':
    case 'window': {
      const found = findScreen(machine.screens, source)
      return found === undefined ? null : { sourceType: MEDIA.screen, sourceId: found.id, label: found.label }
    }
    case 'image':
    case 'text': {
      const file = files.get(stillKey(source, width, height))
      return file === undefined ? 'waits' : { sourceType: MEDIA.image, sourceId: file, label: source.name }
    }
    case 'test-card':
      return null
  }
}

function missing(source: PictureSource, machine: Machine): ErrorInfo {
  if (source.kind === 'test-card') return { code: 'trtc.source-unsupported', context: {} }
  return { code: machine.bound?.has(source.id) ? 'source.lost' : 'source.not-found', context: { device: source.name } }
}

/** In pixels of the canvas; what lies over its edge is cut there. */
function placed({ transform }: PictureSource, width: number, height: number): Pick<TRTCMediaSource, 'rect' | 'rotation' | 'fillMode' | 'mirrorType'> {
  const { x, y, width: w, height: h, fit, rotation, mirrorX } = transform
  return {
    rect: { left: Math.round(x * width), top: Math.round(y * height), right: Math.round((x + w) * width), bottom: Math.round((y + h) * height) },
    rotation: QUARTERS[rotation],
    fillMode: fit === 'contain' ? FILL.fit : FILL.cover,
    mirrorType: mirrorX ? MIRROR.on : MIRROR.off,
  }
}

/** TRTCVideoRotation */
const QUARTERS = { 0: 0, 90: 1, 180: 2, 270: 3 } as const

export type MixingCall = { readonly call: 'add' | 'update' | 'remove'; readonly source: MixedSource }

/** What has to be called so that `after` is mixed where `before` was. Pure. */
export function mixingCalls(before: readonly MixedSource[], after: readonly MixedSource[]): readonly MixingCall[] {
  const key = ({ media }: MixedSource): string => `${media.sourceType}/${media.sourceId}`
  const had = new Map(before.map((source) => [key(source), source]))
  const has = new Set(after.map(key))
  return [
    ...before.filter((source) => !has.has(key(source))).map((source): MixingCall => ({ call: 'remove', source })),
    ...after.flatMap((source): MixingCall[] => {
      const old = had.get(key(source))
      if (old === undefined) return [{ call: 'add', source }]
      return JSON.stringify(old.media) === JSON.stringify(source.media) ? [] : [{ call: 'update', source }]
    }),
  ]
}
