import { DEFAULT_OVERLAY, type OverlayState } from '../../../../../../electron/shared/overlay'
import { FULL_FRAME } from '../../../../../../electron/shared/scene'
import { createCompositor, drawComment, type Engine } from '../../../../../../renderer/stage/compositor'
import { ProgramOverlay } from '../../../../../../renderer/stage/program/program-overlay'
import { draw, makePicture, planesOf } from './pictures'

// Comments, a pin and a banner over a picture that stands still: whatever differs from it is the overlay.

const PROGRAM = { width: 640, height: 360 }
const SECOND = 1_000_000

/** Rows and columns in which the picture differs, and how many pixels do. */
export interface Changed {
  readonly pixels: number
  readonly top: number
  readonly bottom: number
  readonly left: number
  readonly right: number
}

export type OverlayRun = Readonly<Record<string, Changed>>

function difference(a: Uint8Array, b: Uint8Array): Changed {
  let [pixels, top, bottom, left, right] = [0, Infinity, -1, Infinity, -1]
  for (let at = 0; at < a.length; at++) {
    if (Math.abs((a[at] ?? 0) - (b[at] ?? 0)) < 3) continue
    const [x, y] = [at % PROGRAM.width, Math.floor(at / PROGRAM.width)]
    pixels += 1
    top = Math.min(top, y)
    bottom = Math.max(bottom, y)
    left = Math.min(left, x)
    right = Math.max(right, x)
  }
  return { pixels, top, bottom, left, right }
}

export async function overlay(engine: Engine): Promise<OverlayRun> {
  const compositor = await createCompositor({ ...PROGRAM, engine })
  const over = new ProgramOverlay({ compositor, ...PROGRAM })
  const scene = { id: 'scene', transform: FULL_FRAME }
  compositor.setPicture('scene', makePicture(draw(PROGRAM, false), 'I420-601'))
  const compose = async (timestampUs: number): Promise<Uint8Array> => {
    const frame = await compositor.compose([scene, ...over.layers(timestampUs)], timestampUs)
    const [luma] = await planesOf(frame)
    frame.close()
    return luma
  }
  const bare = await compose(0)
  const run: Record<string, Changed> = {}
  const look = async (name: string, timestampUs: number): Promise<void> => {
    run[name] = difference(await compose(timestampUs), bare)
  }
  const state: OverlayState = { ...DEFAULT_OVERLAY, comments: 'program', pinned: null, pk: null }
  const comment = { id: '1', name: 'Bo', text: 'hello 直播 🎉' }

  over.say([comment])
  await look('off', SECOND)
  over.set({ ...state, comments: 'preview' })
  over.say([comment])
  await look('preview', 2 * SECOND)
  over.set(state)
  over.say([comment])
  await look('comes in', 3 * SECOND)
  await look('after 3 s', 6 * SECOND)
  await look('after 4 s', 7 * SECOND)
  over.take(['1'])
  await look('taken', 8 * SECOND)
  over.say([{ id: '2', name: '\u202Eevil\n\n\n', text: `<b>${'Z̷̛̰͗a̶l̸g̵o '.repeat(30)}</b>\u0000${'👩‍👩‍👧'.repeat(20)}` }])
  await look('hostile comes in', 9 * SECOND)
  await look('hostile', 17 * SECOND)
  await look('gone', 60 * SECOND)
  over.set({ ...state, pinned: { userId: 'u', msgSeq: 1, name: 'Bo', text: 'What is the song called? '.repeat(8) } })
  await look('pinned', 61 * SECOND)
  over.set(state)
  await look('unpinned', 62 * SECOND)
  over.banner({ id: 'g', name: 'Bo', text: 'sent a castle ×3' })
  await look('banner comes in', 63 * SECOND)
  await look('banner', 64 * SECOND)
  await look('banner over', 70 * SECOND)
  compositor.dispose()
  return run
}

/** Widths of one comment drawn within 300 px, by how much was said. */
export function commentWidths(): { readonly short: number; readonly long: number; readonly nameless: number; readonly empty: number } {
  const width = (name: string, text: string): number => drawComment({ name, text }, 20, 300).width
  return { short: width('Bo', 'hi'), long: width('Bo', '长'.repeat(200)), nameless: width('', 'hi'), empty: width('', '') }
}
