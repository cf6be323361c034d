import { expect, it } from 'vitest'
import { intoBt601 } from '../../../../../renderer/stage/compositor/colour'

/** Limited-range samples of one colour by the weights of a standard. */
function samples([red, green, blue]: readonly [number, number, number], kr: number, kb: number): readonly [number, number, number] {
  const luma = (kr * red + (1 - kr - kb) * green + kb * blue) / 255
  const cb = (blue / 255 - luma) / (2 * (1 - kb))
  const cr = (red / 255 - luma) / (2 * (1 - kr))
  return [Math.round(16 + 219 * luma), Math.round(128 + 224 * cb), Math.round(128 + 224 * cr)]
}

it.each([[[0, 192, 64]], [[192, 0, 192]], [[255, 255, 255]], [[0, 0, 0]], [[30, 60, 220]]] as const)('%j has the samples that BT.601 has for it', (colour) => {
  const [y, u, v] = samples(colour, 0.2126, 0.0722)
  const data = Uint8Array.from([y, y, y, y, u, v])
  intoBt601(data, 2, 2)
  const wanted = samples(colour, 0.299, 0.114)
  ;[data[0], data[3]].forEach((luma) => expect(Math.abs((luma ?? 0) - wanted[0])).toBeLessThanOrEqual(2))
  expect(Math.abs((data[4] ?? 0) - wanted[1])).toBeLessThanOrEqual(2)
  expect(Math.abs((data[5] ?? 0) - wanted[2])).toBeLessThanOrEqual(2)
})
