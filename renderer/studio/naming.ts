import type { Source, SourceKind } from '../../electron/shared/scene'
import { FULL_FRAME, NO_BEAUTY } from '../../electron/shared/scene'

/** How a source is called: its own name, else its kind. */
export function sourceName(source: Source, kindName: (kind: SourceKind) => string): string {
  return source.name === '' ? kindName(source.kind) : source.name
}

/** A new source of a kind, with an id that no other has. */
export function newSource(
  kind: SourceKind,
  options: { text: string; asset?: string; name?: string; displayId?: string | null; captureId?: string; windowTitle?: string },
): Source {
  const id = `${kind}-${crypto.randomUUID().slice(0, 8)}`
  const name = options.name ?? ''
  const picture = { transform: FULL_FRAME, visible: true }
  const sound = { muted: false, gainDb: 0, syncOffsetMs: 0 }
  switch (kind) {
    case 'camera':
      return { kind, id, name, deviceId: null, beauty: NO_BEAUTY, ...picture, syncOffsetMs: 0 }
    case 'screen':
      return { kind, id, name, displayId: options.displayId ?? null, ...picture, syncOffsetMs: 0 }
    case 'window':
      return { kind, id, name, windowTitle: options.windowTitle ?? '', captureId: options.captureId ?? null, ...picture, syncOffsetMs: 0 }
    case 'image':
      return { kind, id, name, asset: options.asset ?? '', ...picture }
    case 'text':
      return {
        kind,
        id,
        name,
        text: options.text,
        colour: '#ffffff',
        background: '#14191f',
        size: 0.06,
        align: 'left',
        visible: true,
        transform: { ...FULL_FRAME, x: 0.05, y: 0.82, width: 0.5, height: 0.12 },
      }
    case 'test-card':
      return { kind, id, name, ...picture, ...sound }
    case 'microphone':
      return { kind, id, name, deviceId: null, echoCancellation: false, ...sound }
    case 'system-audio':
      return { kind, id, name, ...sound }
  }
}
