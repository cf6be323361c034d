import { describe, expect, it } from 'vitest'
import { FULL_FRAME, type Transform } from '../../../../../electron/shared/scene'
import type { Item } from '../../../../../renderer/stage/compositor/engine'
import { createKernels } from '../../../../../renderer/stage/compositor/kernel-memory'
import { place, placementKey } from '../../../../../renderer/stage/compositor/layout'
import { PictureStore } from '../../../../../renderer/stage/compositor/picture-store'
import { PlanarEngine } from '../../../../../renderer/stage/compositor/planar'
import { randomBytes, randomFrom } from './random'

// Stills need no browser. Frames are tested in one: tests/contract/compositor.test.ts.

const PROGRAM = { width: 64, height: 36 }

function still(width: number, height: number, seed: number, alpha: number | null): Parameters<PictureStore['set']>[1] {
  const data = new Uint8ClampedArray(randomBytes(4 * width * height, seed))
  if (alpha !== null) for (let at = 3; at < data.length; at += 4) data[at] = alpha
  return { kind: 'still', width, height, data }
}

function item(store: PictureStore, id: string, transform: Transform): Item | null {
  const stored = store.get(id)
  const placement = stored && place(transform, stored, PROGRAM)
  if (!stored || !placement) return null
  const opacity = Math.round(transform.opacity * 256)
  const key = `${placementKey(placement)} ${opacity} ${stored.opaque}`
  return { id, stored, placement, opacity, key, opaque: stored.opaque && opacity === 256 }
}

function previewOf(engine: PlanarEngine): Uint8Array {
  const out = new Uint8Array((PROGRAM.width * PROGRAM.height * 3) / 2)
  engine.preview(PROGRAM.width, PROGRAM.height, out)
  return out
}

describe('PlanarEngine', () => {
  it('is black before anything was painted and without layers', async () => {
    const engine = new PlanarEngine(await createKernels(), PROGRAM.width, PROGRAM.height)
    const black = new Uint8Array(64 * 36 * 1.5).fill(16, 0, 64 * 36).fill(128, 64 * 36)
    expect(previewOf(engine)).toEqual(black)
    const store = new PictureStore()
    store.set('a', still(64, 36, 1, 255))
    store.settle()
    const layer = item(store, 'a', FULL_FRAME)
    await engine.paint(layer ? [layer] : [])
    expect(previewOf(engine)).not.toEqual(black)
    await engine.paint([])
    expect(previewOf(engine)).toEqual(black)
  })

  it('gives all its memory back, and holds no more after 600 changes than after the first round', async () => {
    const instance = await createKernels()
    const engine = new PlanarEngine(instance, PROGRAM.width, PROGRAM.height)
    const store = new PictureStore()
    const random = randomFrom(3)
    const ids = ['a', 'b', 'c', 'd']
    let most = 0
    for (let step = 0; step < 600; step++) {
      const id = ids[random(ids.length)] ?? 'a'
      if (random(6) === 0) store.remove(id)
      else store.set(id, still(1 + random(90), 1 + random(60), step, [null, 255][random(2)] ?? null))
      for (const gone of store.settle()) engine.forget(gone)
      if (step === 300) engine.setSize(PROGRAM.width, PROGRAM.height)
      const transform: Transform = {
        ...FULL_FRAME,
        x: random(9) / 8 - 0.5,
        width: 0.1 + random(9) / 8,
        rotation: ([0, 90, 180, 270] as const)[random(4)] ?? 0,
      }
      const items = ids.map((each) => item(store, each, each === id ? transform : FULL_FRAME)).filter((each) => each !== null)
      await engine.paint(items)
      previewOf(engine)
      most = Math.max(most, instance.memory.usedBytes)
    }
    // Four sources and layers with alpha at their largest, the program, the preview and the tables.
    expect(most).toBeLessThan(4 * (90 * 60 + 64 * 36) * 3 + 2 * 64 * 36 * 2 + 64 * 1_024)
    engine.dispose()
    expect(instance.memory.usedBytes).toBe(0)
  })
})
