import { FULL_FRAME, type Transform } from '../../../../../../electron/shared/scene'
import { DEFAULT_OVERLAY } from '../../../../../../electron/shared/overlay'
import { ProgramOverlay } from '../../../../../../renderer/stage/program/program-overlay'
import { createCompositor, drawComment, drawText, TestCard, type Engine, type Layer, type Picture } from '../../../../../../renderer/stage/compositor'

// What scripts/bench/compositor.mjs measures, in the page. Frames are made beforehand: what is measured is putting them
// together, not capturing them. They are I420 in BT.601, as Chromium's screen and camera capture gives them.

const PROGRAM = { width: 1_920, height: 1_080 }
const CAMERA = { width: 1_280, height: 720 }
const CAMERA_BOX: Transform = { ...FULL_FRAME, x: 0.72, y: 0.72, width: 0.25, height: 0.25 }

function noise({ width, height }: { width: number; height: number }, seed: number): VideoFrame {
  const data = Uint8Array.from({ length: (width * height * 3) / 2 }, (_, at) => 40 + (((at * 7_919 + seed * 104_729) >> 4) & 127))
  return new VideoFrame(data, {
    format: 'I420',
    codedWidth: width,
    codedHeight: height,
    timestamp: 0,
    colorSpace: { primaries: 'smpte170m', transfer: 'smpte170m', matrix: 'smpte170m', fullRange: false },
  })
}

interface Row {
  readonly name: string
  readonly frames: number
  readonly p50: number
  readonly p95: number
}

async function measure(name: string, frames: number, step: (index: number) => Promise<void> | void): Promise<Row> {
  const times: number[] = []
  const until = performance.now() + 4_000
  for (let index = 0; index < frames + 10 && (performance.now() < until || times.length < 3); index++) {
    const started = performance.now()
    await step(index)
    if (index >= 3) times.push(performance.now() - started)
    // Lets the collector run between frames, as it does between ticks.
    await new Promise((resolve) => setTimeout(resolve, 0))
  }
  times.sort((a, b) => a - b)
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? NaN
  return { name, frames: times.length, p50: at(0.5), p95: at(0.95) }
}

async function run(frames: number): Promise<{ rows: Row[]; agent: string }> {
  const screens = [1, 2, 3].map((seed) => noise(PROGRAM, seed))
  const cameras = [4, 5, 6].map((seed) => noise(CAMERA, seed))
  const pixels = new Uint8Array(PROGRAM.width * PROGRAM.height * 4)
  const rows: Row[] = []
  const pick = (list: readonly VideoFrame[], index: number): VideoFrame => {
    const frame = list[index % list.length]
    if (!frame) throw new Error('no frame')
    return frame.clone()
  }
  const scene = async (
    name: string,
    engine: Engine,
    layers: readonly Layer[],
    feed: (index: number) => Record<string, Picture>,
    read = false,
  ): Promise<void> => {
    const compositor = await createCompositor({ ...PROGRAM, engine })
    rows.push(
      await measure(`${compositor.engine}: ${name}`, frames, async (index) => {
        for (const [id, picture] of Object.entries(feed(index))) compositor.setPicture(id, picture)
        const frame = await compositor.compose(layers, index)
        if (read) await frame.copyTo(pixels)
        frame.close()
      }),
    )
    compositor.dispose()
  }
  const screen: Layer = { id: 'screen', transform: FULL_FRAME }
  const camera: Layer = { id: 'camera', transform: CAMERA_BOX }
  const both = (index: number): Record<string, Picture> => ({
    screen: pick(screens, index),
    camera: pick(cameras, index),
  })

  await scene('screen + camera in the corner', 'planar', [screen, camera], both)
  await scene('screen + camera, frame read by the encoder', 'planar', [screen, camera], both, true)
  await scene('screen still, camera moves', 'planar', [screen, camera], (index) => ({
    camera: pick(cameras, index),
    ...(index === 0 ? { screen: pick(screens, 0) } : {}),
  }))
  await scene('nothing changes', 'planar', [screen, camera], (index) => (index === 0 ? both(0) : {}))
  await scene('screen alone', 'planar', [screen], (index) => ({ screen: pick(screens, index) }))
  await scene('camera 720p over the whole program', 'planar', [{ id: 'camera', transform: FULL_FRAME }], (index) => ({
    camera: pick(cameras, index),
  }))
  await scene(
    'screen at half opacity over camera',
    'planar',
    [
      { id: 'camera', transform: FULL_FRAME },
      { id: 'screen', transform: { ...FULL_FRAME, opacity: 0.5 } },
    ],
    both,
  )
  const text = drawText(
    {
      text: 'AnchorDesk 直播',
      colour: '#ffffff',
      background: '#203040',
      size: 0.08,
      align: 'center',
      transform: { width: 0.6 },
    },
    1_920,
    1_080,
  )
  const caption: Layer = {
    id: 'text',
    transform: { ...FULL_FRAME, x: 0.2, y: 0.05, width: 0.6, height: text.height / 1_080 },
  }
  await scene('screen + camera + text', 'planar', [screen, camera, caption], (index) => ({
    ...both(index),
    ...(index === 0 ? { text } : {}),
  }))

  const words = { name: 'Lin 林', text: 'Good evening from Hangzhou, 主播晚上好 🎉' }
  rows.push(await measure('overlay: draw one comment', frames, () => void drawComment(words, 49, PROGRAM.width)))
  for (const moving of ['screen and camera move', 'screen still, camera moves', 'scene still']) {
    for (const count of [0, 12]) {
      const compositor = await createCompositor({ ...PROGRAM, engine: 'planar' })
      const overlay = new ProgramOverlay({ compositor, ...PROGRAM })
      overlay.set({ ...DEFAULT_OVERLAY, comments: 'program', area: 'whole', pinned: null, pk: null })
      overlay.say(Array.from({ length: count }, (_, index) => ({ id: String(index), ...words })))
      // One comes in with each picture; no time passes, so that all are on the picture when it is measured.
      for (let index = 0; index < count; index++) overlay.layers(0)
      // Far enough in to be seen whole.
      let at = 4_000_000
      rows.push(
        await measure(`planar: ${moving}, ${count} comments`, frames, async (index) => {
          if (index === 0 || moving === 'screen and camera move') compositor.setPicture('screen', pick(screens, index))
          if (index === 0 || moving !== 'scene still') compositor.setPicture('camera', pick(cameras, index))
          at += 33_333
          ;(await compositor.compose([screen, camera, ...overlay.layers(at)], at)).close()
        }),
      )
      compositor.dispose()
    }
  }

  const card = new TestCard(PROGRAM.width, PROGRAM.height, 30)
  rows.push(await measure('test card 1080p: draw', frames, (index) => card.draw(Math.round((index * 1e6) / 30)).close()))
  await scene('test card, drawn and passed through', 'planar', [screen], (index) => ({
    screen: card.draw(Math.round((index * 1e6) / 30)),
  }))

  const previewed = await createCompositor({ ...PROGRAM, engine: 'planar' })
  for (const [id, picture] of Object.entries(both(0))) previewed.setPicture(id, picture)
  ;(await previewed.compose([screen, camera], 0)).close()
  for (const [width, height] of [
    [960, 540],
    [640, 360],
  ] as const) {
    const into = new Uint8Array((width * height * 3) / 2)
    rows.push(await measure(`planar: preview ${width}×${height}`, frames, async () => void (await previewed.preview(width, height, into))))
  }
  previewed.dispose()

  for (const willReadFrequently of [true, false]) {
    const context = new OffscreenCanvas(PROGRAM.width, PROGRAM.height).getContext('2d', {
      willReadFrequently,
      alpha: false,
    })
    if (!context) throw new Error('no 2D canvas')
    rows.push(
      await measure(`2D canvas${willReadFrequently ? ', willReadFrequently' : ''}: screen + camera, read`, frames, async (index) => {
        const [a, b] = [pick(screens, index), pick(cameras, index)]
        context.drawImage(a, 0, 0, PROGRAM.width, PROGRAM.height)
        context.drawImage(b, 1_382, 778, 480, 270)
        const frame = new VideoFrame(context.canvas, { timestamp: index })
        await frame.copyTo(pixels)
        for (const used of [a, b, frame]) used.close()
      }),
    )
  }
  await scene('screen + camera, frame read by the encoder', 'webgl2', [screen, camera], both, true)
  return { rows, agent: navigator.userAgent }
}

Object.assign(globalThis, { run })
