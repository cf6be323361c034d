// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { DEFAULT_OVERLAY } from '../../../../electron/shared/overlay'
import { PreviewLines } from '../../../../renderer/studio/room/overlay/preview-lines'

let frames: Map<number, FrameRequestCallback>
let host: HTMLElement
let nowMs = 0

beforeEach(() => {
  frames = new Map()
  nowMs = 0
  let last = 0
  vi.stubGlobal('requestAnimationFrame', (callback: FrameRequestCallback) => {
    frames.set(++last, callback)
    return last
  })
  vi.stubGlobal('cancelAnimationFrame', (id: number) => frames.delete(id))
  host = document.body.appendChild(document.createElement('div'))
  Object.defineProperties(host, { clientWidth: { value: 900 }, clientHeight: { value: 500 } })
})
afterEach(() => {
  host.remove()
  vi.unstubAllGlobals()
})

function run(ms: number): void {
  for (const endMs = nowMs + ms; nowMs < endMs; nowMs += 20) {
    const due = [...frames.values()]
    frames.clear()
    for (const frame of due) frame(nowMs)
  }
}
const lefts = (): number[] =>
  [...host.querySelectorAll<HTMLElement>('.line')].map((element) => Number(/translate\((-?[\d.]+)px/.exec(element.style.transform)?.[1]))

it('a comment is text, crosses at its speed, leaves, and no more frames are asked for', () => {
  const lines = new PreviewLines(host, DEFAULT_OVERLAY, false)
  lines.say([{ id: '1', name: '<i>Bo</i>', text: '<b>hi</b>' }])
  run(1_020)
  expect(host.textContent).toBe('<i>Bo</i> <b>hi</b>')
  expect(host.querySelector('i')).toBeNull()
  expect(lefts()[0]).toBeCloseTo(800, 0)
  run(9_000)
  expect([host.childElementCount, frames.size]).toEqual([0, 0])
  lines.close()
})

it('who wants no motion sees it stand, one to a lane', () => {
  const lines = new PreviewLines(host, { ...DEFAULT_OVERLAY, size: 'large', names: false }, true)
  lines.say(['1', '2', '3', '4', '5'].map((id) => ({ id, name: 'Bo', text: id })))
  run(2_000)
  expect(lefts()).toEqual([18, 18])
  expect(host.textContent).toBe('12')
  run(9_000)
  expect(host.textContent).toBe('34')
  lines.close()
})

it('what is taken is gone at once, and all of it with the end', () => {
  const lines = new PreviewLines(host, DEFAULT_OVERLAY, false)
  lines.say(['1', '2', '3'].map((id) => ({ id, name: '', text: id })))
  run(40)
  lines.take(['1', '3'])
  expect(host.textContent).toBe('2')
  run(100)
  expect(host.textContent).toBe('2')
  lines.close()
  expect([host.childElementCount, frames.size]).toEqual([0, 0])
})
