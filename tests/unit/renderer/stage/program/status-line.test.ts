import { expect, it } from 'vitest'
import { FULL_FRAME } from '../../../../../electron/shared/scene'
import type { Layer } from '../../../../../renderer/stage/compositor'
import { StatusLine } from '../../../../../renderer/stage/program/status-line'

it('a line stands over the scene, is drawn once for each text and size, and leaves nothing behind', () => {
  const pictures: string[] = []
  const drawn: string[] = []
  const line = new StatusLine({ setPicture: () => pictures.push('set'), removePicture: () => pictures.push('remove') }, (source, width) => {
    drawn.push(`${source.text} ${width}`)
    return { kind: 'still', width: 2, height: 2, data: new Uint8ClampedArray(16) }
  })
  const scene: readonly Layer[] = [{ id: 'camera', transform: FULL_FRAME }]
  expect(line.over(scene, 1_280, 720)).toBe(scene)
  line.set('Last 10 minutes')
  for (let frame = 0; frame < 100; frame++) expect(line.over(scene, 1_280, 720)).toHaveLength(2)
  expect(line.over(scene, 1_280, 720)[0]?.id).toBe('camera')
  line.over(scene, 1_920, 1_080)
  line.set('Last 5 minutes')
  line.over(scene, 1_920, 1_080)
  expect(drawn).toEqual(['Last 10 minutes 1280', 'Last 10 minutes 1920', 'Last 5 minutes 1920'])
  line.set('')
  expect(line.over(scene, 1_920, 1_080)).toBe(scene)
  expect(pictures.at(-1)).toBe('remove')
})
