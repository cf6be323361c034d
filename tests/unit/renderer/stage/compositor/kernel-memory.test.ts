import { describe, expect, it } from 'vitest'
import { createKernels, KernelMemory } from '../../../../../renderer/stage/compositor/kernel-memory'
import { randomFrom } from './random'

const memory = (): KernelMemory => new KernelMemory(new WebAssembly.Memory({ initial: 1, maximum: 64 }))

describe('KernelMemory', () => {
  it('gives out blocks that never overlap, keeps what is in them, and gets all of it back', () => {
    const tested = memory()
    const random = randomFrom(5)
    const blocks: { at: number; size: number; mark: number }[] = []
    for (let step = 0; step < 2_000; step++) {
      if (random(5) < 3) {
        const size = random(20_000)
        const at = tested.allocate(size)
        expect(at % 64).toBe(0)
        for (const other of blocks) expect(at + size <= other.at || other.at + other.size <= at).toBe(true)
        const mark = random(256)
        tested.view(at, size).fill(mark)
        blocks.push({ at, size, mark })
      }
      if (blocks.length > 40 || random(2) === 0) {
        const [block] = blocks.splice(random(blocks.length), 1)
        if (!block) continue
        expect(tested.view(block.at, block.size).every((value) => value === block.mark)).toBe(true)
        tested.free(block.at)
      }
    }
    const first = memory().allocate(1)
    for (const { at } of blocks) tested.free(at)
    expect(tested.usedBytes).toBe(0)
    expect(tested.allocate(500_000)).toBe(first)
  })

  it('refuses to free what is not a block, and throws when the memory is full', () => {
    const tested = memory()
    const at = tested.allocate(100)
    tested.free(at)
    expect(() => tested.free(at)).toThrow('is not a block')
    expect(() => tested.allocate(65 * 65_536)).toThrow(RangeError)
    expect(tested.allocate(60 * 65_536)).toBe(at)
  })

  it('each instance has a memory of its own', async () => {
    const [one, two] = [await createKernels(), await createKernels()]
    const [a, b] = [one.memory.allocate(16), two.memory.allocate(16)]
    one.kernels.fill(a, 16, 16, 1, 7)
    two.kernels.fill(b, 16, 16, 1, 9)
    expect(one.memory.view(a, 16).every((value) => value === 7)).toBe(true)
  })
})
