import { FULL_FRAME, type Transform } from '../../../../../../electron/shared/scene'
import { chooseEngine, createCompositor, type Engine } from '../../../../../../renderer/stage/compositor'
import { gallery, images, slate, testCard, textBox } from './drawn'
import { commentWidths, overlay } from './overlay'
import { draw, makePicture, planesOf, planesOfCanvas, psnr, type Format, type Size } from './pictures'

/** What the test in Node asks of this page; each answer is plain data. */

export interface Case {
  readonly format: Format
  readonly picture: Size
  readonly transform: Partial<Transform>
}

interface Result {
  readonly engine: Engine
  /** Y, U, V against a 2D canvas, dB. */
  readonly psnr: readonly number[]
  readonly preview: number
}

const PROGRAM: Size = { width: 320, height: 180 }

/** The same layer as the browser's own 2D canvas has it. */
function reference(background: OffscreenCanvas, canvas: OffscreenCanvas, transform: Transform): OffscreenCanvas {
  const out = new OffscreenCanvas(PROGRAM.width, PROGRAM.height)
  const context = out.getContext('2d', { willReadFrequently: true })
  if (!context) throw new Error('no 2D canvas')
  context.imageSmoothingQuality = 'high'
  context.drawImage(background, 0, 0)
  const { crop, rotation } = transform
  const [sx, sy] = [crop.left * canvas.width, crop.top * canvas.height]
  const [sw, sh] = [canvas.width * (1 - crop.left - crop.right), canvas.height * (1 - crop.top - crop.bottom)]
  const box = {
    x: transform.x * out.width,
    y: transform.y * out.height,
    width: transform.width * out.width,
    height: transform.height * out.height,
  }
  const turned = rotation % 180 !== 0
  const [w, h] = turned ? [sh, sw] : [sw, sh]
  const scale = transform.fit === 'cover' ? Math.max(box.width / w, box.height / h) : Math.min(box.width / w, box.height / h)
  const [kx, ky] = transform.fit === 'fill' ? [box.width / w, box.height / h] : [scale, scale]
  context.globalAlpha = transform.opacity
  context.beginPath()
  context.rect(box.x, box.y, box.width, box.height)
  context.clip()
  context.translate(box.x + box.width / 2, box.y + box.height / 2)
  context.scale(kx, ky)
  context.rotate((rotation * Math.PI) / 180)
  context.scale(transform.mirrorX ? -1 : 1, transform.mirrorY ? -1 : 1)
  context.drawImage(canvas, sx, sy, sw, sh, -sw / 2, -sh / 2, sw, sh)
  return out
}

async function compare(engine: Engine, { format, picture, transform: change }: Case): Promise<Result> {
  const transform: Transform = { ...FULL_FRAME, ...change }
  const background = draw(PROGRAM, false)
  const canvas = draw(picture, format === 'I420A' || format === 'still')
  const compositor = await createCompositor({ ...PROGRAM, engine })
  compositor.setPicture('background', makePicture(background, 'I420'))
  compositor.setPicture('layer', makePicture(canvas, format))
  const frame = await compositor.compose(
    [
      { id: 'background', transform: FULL_FRAME },
      { id: 'layer', transform },
    ],
    42,
  )
  if (frame.timestamp !== 42) throw new Error('wrong timestamp')
  const want = planesOfCanvas(reference(background, canvas, transform))
  const have = await planesOf(frame)
  frame.close()
  const small = { width: PROGRAM.width / 2, height: PROGRAM.height / 2 }
  const preview = await compositor.preview(small.width, small.height)
  const smallCanvas = new OffscreenCanvas(small.width, small.height)
  const context = smallCanvas.getContext('2d', { willReadFrequently: true })
  if (context) context.imageSmoothingQuality = 'high'
  context?.drawImage(reference(background, canvas, transform), 0, 0, small.width, small.height)
  const wantSmall = planesOfCanvas(smallCanvas)[0]
  compositor.dispose()
  return {
    engine: compositor.engine,
    psnr: have.map((plane, index) => psnr(plane, want[index] ?? new Uint8Array())),
    preview: psnr(preview.subarray(0, wantSmall.length), wantSmall),
  }
}

function replaced<T>(list: readonly T[], index: number, value: T): T[] {
  return list.map((old, at) => (at === index ? value : old))
}

/** Random changes on one long-lived compositor against a fresh one each time: what is kept must not be seen. */
async function caching(seed: number, steps: number): Promise<{ different: number; work: Record<string, number>; closed: boolean }> {
  let state = seed
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return Math.floor((state / 0x80000000) * below)
  }
  const formats: readonly Format[] = ['I420', 'I420-601', 'NV12', 'BGRX', 'I420A', 'still']
  const sizes: readonly Size[] = [PROGRAM, { width: 161, height: 91 }, { width: 80, height: 44 }]
  const kept = await createCompositor({ ...PROGRAM, engine: 'planar' })
  const ids = ['a', 'b', 'c']
  const frames: VideoFrame[] = []
  const pictures = new Map<string, () => VideoFrame | ReturnType<typeof makePicture>>()
  let transforms: Transform[] = ids.map(() => FULL_FRAME)
  let order: readonly string[] = ids
  const work: Record<string, number> = {}
  let different = 0
  const change = (): void => {
    // Layers come, go and change places.
    if (random(10) === 0) {
      const [a = 'a', b = 'b', c = 'c'] = ids
      order = [[a, b, c], [a, c], [b, c], [c, a, b], [b], [a, b, c]][random(6)] ?? ids
      return
    }
    const index = random(ids.length)
    const id = ids[index] ?? 'a'
    const old = transforms[index] ?? FULL_FRAME
    if (random(8) === 0) {
      const fits = ['contain', 'cover', 'fill'] as const
      const turns = [0, 90, 180, 270] as const
      const box = {
        x: random(5) / 8 - 0.125,
        y: random(5) / 8 - 0.125,
        width: 0.125 + random(6) / 8,
        height: 0.125 + random(6) / 8,
      }
      transforms = replaced(transforms, index, {
        ...old,
        ...box,
        fit: fits[random(3)] ?? 'fill',
        rotation: turns[random(4)] ?? 0,
      })
      return
    }
    // The box stays, what is in it changes.
    if (random(8) === 0) {
      transforms = replaced(transforms, index, { ...old, mirrorX: random(2) === 0, opacity: random(3) === 0 ? 0.5 : 1 })
      return
    }
    const format = formats[random(formats.length)] ?? 'I420'
    // Mostly the same size as before, as a camera's frames are.
    const size = sizes[(index + (random(8) === 0 ? 1 : 0)) % sizes.length] ?? PROGRAM
    const canvas = draw(size, format === 'I420A' || format === 'still')
    canvas.getContext('2d')?.fillRect(random(size.width), random(size.height), 9, 9)
    pictures.set(id, () => makePicture(canvas, format))
    const picture = makePicture(canvas, format)
    if (picture instanceof VideoFrame) frames.push(picture)
    kept.setPicture(id, picture)
  }
  for (let step = 0; step < steps; step++) {
    for (let count = random(5); count > 0; count--) change()
    const layers = order.map((id) => ({ id, transform: transforms[ids.indexOf(id)] ?? FULL_FRAME }))
    const fresh = await createCompositor({ ...PROGRAM, engine: 'planar' })
    for (const [id, make] of pictures) fresh.setPicture(id, make())
    const one = await kept.compose(layers, step)
    const two = await fresh.compose(layers, step)
    const kind = kept.lastCompose?.work ?? 'none'
    work[kind] = (work[kind] ?? 0) + 1
    const [a, b] = [await planesOf(one), await planesOf(two)]
    if (a.some((plane, index) => plane.some((value, at) => Math.abs(value - (b[index]?.[at] ?? -9)) > 1))) different += 1
    const previews = [await kept.preview(160, 90), await fresh.preview(160, 90)] as const
    if (previews[0].some((value, at) => Math.abs(value - (previews[1][at] ?? -9)) > 1)) different += 1
    one.close()
    two.close()
    fresh.dispose()
  }
  kept.dispose()
  await new Promise((resolve) => setTimeout(resolve, 0))
  return { different, work, closed: frames.every((frame) => frame.format === null) }
}

async function passing(): Promise<{
  works: string[]
  timestamps: number[]
  preview: number
  black: number[]
  variance: (number | null)[]
}> {
  const compositor = await createCompositor({ ...PROGRAM, engine: 'planar' })
  const black = await compositor.preview(2, 2)
  const works: string[] = []
  const timestamps: number[] = []
  const canvas = draw(PROGRAM, false)
  const layers = [{ id: 'a', transform: FULL_FRAME }]
  const compose = async (timestampUs: number): Promise<void> => {
    const frame = await compositor.compose(layers, timestampUs)
    works.push(compositor.lastCompose?.work ?? 'none')
    timestamps.push(frame.timestamp)
    frame.close()
  }
  await compose(1)
  compositor.setPicture('a', makePicture(canvas, 'I420'))
  await compose(2)
  await compose(3)
  const into = new Uint8Array((PROGRAM.width * PROGRAM.height * 3) / 2)
  const preview = await compositor.preview(PROGRAM.width, PROGRAM.height, into)
  if (preview !== into || (await compositor.preview(160, 90, into)) === into) throw new Error('not the array that was handed in')
  compositor.setPicture('a', makePicture(canvas, 'NV12'))
  await compose(4)
  compositor.setPicture('a', makePicture(canvas, 'I420-601'))
  await compose(5)
  const variance = [await compositor.variance('a'), await compositor.variance('nobody')]
  compositor.dispose()
  const want = planesOfCanvas(canvas)[0]
  return { works, timestamps, preview: psnr(preview.subarray(0, want.length), want), black: [...black], variance }
}

/** A lost GPU context in mid-show. */
async function contextLoss(): Promise<{ engines: string[]; reasons: string[]; psnr: number }> {
  const contexts: WebGL2RenderingContext[] = []
  const original = OffscreenCanvas.prototype.getContext
  OffscreenCanvas.prototype.getContext = function (this: OffscreenCanvas, ...args: Parameters<typeof original>) {
    const context = original.apply(this, args)
    if (context instanceof WebGL2RenderingContext) contexts.push(context)
    return context
  } as typeof original
  const reasons: string[] = []
  const compositor = await createCompositor({
    ...PROGRAM,
    engine: 'webgl2',
    onEngineChange: (engine, reason) => reasons.push(`${engine}: ${reason}`),
  })
  OffscreenCanvas.prototype.getContext = original
  const canvas = draw(PROGRAM, false)
  const layers = [
    { id: 'a', transform: { ...FULL_FRAME, mirrorX: true } },
    { id: 'b', transform: { ...FULL_FRAME, opacity: 0.5 } },
  ]
  for (const id of ['a', 'b']) compositor.setPicture(id, makePicture(canvas, 'I420'))
  const engines: string[] = [compositor.engine]
  ;(await compositor.compose(layers, 1)).close()
  contexts[0]?.getExtension('WEBGL_lose_context')?.loseContext()
  compositor.setPicture('a', makePicture(canvas, 'NV12'))
  const frame = await compositor.compose(layers, 2)
  engines.push(compositor.engine)
  const fresh = await createCompositor({ ...PROGRAM, engine: 'planar' })
  for (const id of ['a', 'b']) fresh.setPicture(id, makePicture(canvas, 'I420'))
  const want = await fresh.compose(layers, 2)
  const value = psnr((await planesOf(frame))[0], (await planesOf(want))[0])
  frame.close()
  want.close()
  compositor.dispose()
  fresh.dispose()
  return { engines, reasons, psnr: value }
}

/** A frame that cannot be read any more, between two that can. */
async function unreadable(engine: Engine): Promise<{ errors: string[]; drawn: (number | undefined)[]; psnr: number }> {
  const errors: string[] = []
  const compositor = await createCompositor({ ...PROGRAM, engine, onPictureError: (id) => errors.push(id) })
  const canvas = draw(PROGRAM, false)
  const layers = ['a', 'b', 'c'].map((id, index) => ({ id, transform: { ...FULL_FRAME, x: index / 4, width: 0.5 } }))
  const drawn: (number | undefined)[] = []
  const compose = async (): Promise<Uint8Array> => {
    const frame = await compositor.compose(layers, 1)
    drawn.push(compositor.lastCompose?.drawn)
    const [luma] = await planesOf(frame)
    frame.close()
    return luma
  }
  for (const { id } of layers) compositor.setPicture(id, makePicture(canvas, 'BGRX'))
  const before = await compose()
  const broken = makePicture(canvas, 'BGRX')
  compositor.setPicture('b', broken)
  // The size can still be read, the pixels cannot: as a frame whose GPU is gone.
  Object.assign(broken, { copyTo: () => Promise.reject(new DOMException('gone', 'OperationError')) })
  Object.defineProperty(broken, 'codedWidth', { value: PROGRAM.width })
  const original = WebGL2RenderingContext.prototype.texImage2D
  WebGL2RenderingContext.prototype.texImage2D = function (this: WebGL2RenderingContext, ...args: unknown[]): void {
    if (args.includes(broken)) throw new DOMException('gone', 'OperationError')
    Reflect.apply(original, this, args)
  } as typeof original
  await compose()
  WebGL2RenderingContext.prototype.texImage2D = original
  compositor.setPicture('b', makePicture(canvas, 'BGRX'))
  const after = await compose()
  compositor.dispose()
  return { errors, drawn, psnr: psnr(before, after) }
}

const harness = {
  compare,
  caching,
  passing,
  chooseEngine,
  gallery,
  testCard,
  images,
  textBox,
  slate,
  contextLoss,
  unreadable,
  overlay,
  commentWidths,
}
export type Harness = typeof harness
Object.assign(globalThis, { harness })
