import type { Card } from '../../electron/shared/show-status'
import type { Still } from './scene-plan'

export interface CardOptions {
  readonly card: Card
  readonly title: string
  readonly language: 'en' | 'zh-CN'
  readonly width: number
  readonly height: number
}

export interface StillsOptions {
  /** Bottom first. */
  readonly stills: readonly Still[]
  /** At the foot of the picture; '' = none. */
  readonly line: string
  readonly width: number
  readonly height: number
}

/** What is drawn by the page itself. All of it is RGBA, width × height × 4 bytes. */
export interface Art {
  card(options: CardOptions): Uint8Array<ArrayBuffer>
  /** Texts and images with nothing around them. Rejects when an image cannot be read. */
  stills(options: StillsOptions): Promise<Uint8Array<ArrayBuffer>>
}

const FONTS = 'system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif'
const HEADLINES = {
  pause: { en: 'Be right back', 'zh-CN': '马上回来' },
  'be-right-back': { en: 'Be right back', 'zh-CN': '马上回来' },
  'starting-soon': { en: 'Starting soon', 'zh-CN': '即将开始' },
  custom: { en: '', 'zh-CN': '' },
} as const satisfies Record<Card['kind'], Record<CardOptions['language'], string>>
const MARKS = { pause: '#4f7cff', 'be-right-back': '#f2b33d', 'starting-soon': '#4cc38a', custom: '#b48cff' } as const satisfies Record<Card['kind'], string>

export class CanvasArt implements Art {
  card({ card, title, language, width, height }: CardOptions): Uint8Array<ArrayBuffer> {
    const context = canvas(width, height)
    context.fillStyle = '#161b26'
    context.fillRect(0, 0, width, height)
    context.fillStyle = MARKS[card.kind]
    context.beginPath()
    context.roundRect(width * 0.44, height * 0.32, width * 0.12, Math.max(4, height * 0.015), height)
    context.fill()
    const own = HEADLINES[card.kind][language]
    context.fillStyle = '#f2f4f8'
    context.font = `600 ${height * 0.09}px ${FONTS}`
    centred(context, own === '' ? card.text : own, width / 2, height * 0.5, width * 0.9)
    context.fillStyle = '#a9b2c3'
    context.font = `400 ${height * 0.045}px ${FONTS}`
    const small = [own === '' ? '' : card.text, title].filter((line) => line !== '')
    small.forEach((line, index) => centred(context, line, width / 2, height * (0.62 + index * 0.07), width * 0.8))
    return bytes(context)
  }

  async stills({ stills, line, width, height }: StillsOptions): Promise<Uint8Array<ArrayBuffer>> {
    const context = canvas(width, height)
    for (const still of stills) {
      const { x, y, width: w, height: h, opacity } = still.transform
      const box = { x: x * width, y: y * height, width: w * width, height: h * height }
      context.save()
      context.globalAlpha = opacity
      if (still.kind === 'text') drawText(context, still, box, height)
      else await drawImage(context, still, box)
      context.restore()
    }
    if (line !== '') {
      const size = height * 0.045
      context.fillStyle = 'rgba(22, 27, 38, 0.78)'
      context.fillRect(0, height - size * 1.9, width, size * 1.9)
      context.fillStyle = '#f2f4f8'
      context.font = `600 ${size}px ${FONTS}`
      centred(context, line, width / 2, height - size * 0.65, width * 0.94)
    }
    return bytes(context)
  }
}

/** One text or image by itself, in the size that it has in a picture of width × height. */
export async function stillPng(still: Still, width: number, height: number): Promise<Uint8Array> {
  const image = still.kind === 'image' ? await imageOf(still.asset) : null
  const side = (share: number, of: number): number => Math.max(1, Math.round(share * of))
  // Fit, turn and mirror are the mixing manager's: an image keeps its own size.
  const box = { x: 0, y: 0, width: image?.width ?? side(still.transform.width, width), height: image?.height ?? side(still.transform.height, height) }
  const context = canvas(box.width, box.height)
  if (still.kind === 'text') drawText(context, still, box, height)
  else if (image !== null) context.drawImage(image, 0, 0)
  return new Uint8Array(await (await context.canvas.convertToBlob({ type: 'image/png' })).arrayBuffer())
}

interface PixelBox {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

function drawText(
  context: OffscreenCanvasRenderingContext2D,
  { text, colour, background, size, align }: Extract<Still, { kind: 'text' }>,
  box: PixelBox,
  height: number,
): void {
  if (background !== null) {
    context.fillStyle = background
    context.fillRect(box.x, box.y, box.width, box.height)
  }
  context.fillStyle = colour
  context.font = `600 ${size * height}px ${FONTS}`
  context.textAlign = align
  context.textBaseline = 'middle'
  const lines = text.split('\n')
  const x = align === 'left' ? box.x : align === 'right' ? box.x + box.width : box.x + box.width / 2
  lines.forEach((line, index) => context.fillText(line, x, box.y + box.height / 2 + (index - (lines.length - 1) / 2) * size * height * 1.25, box.width))
}

async function drawImage(context: OffscreenCanvasRenderingContext2D, { asset, transform }: Extract<Still, { kind: 'image' }>, box: PixelBox): Promise<void> {
  const image = await imageOf(asset)
  const scale =
    transform.fit === 'fill'
      ? null
      : transform.fit === 'contain'
        ? Math.min(box.width / image.width, box.height / image.height)
        : Math.max(box.width / image.width, box.height / image.height)
  const width = scale === null ? box.width : image.width * scale
  const height = scale === null ? box.height : image.height * scale
  context.beginPath()
  context.rect(box.x, box.y, box.width, box.height)
  context.clip()
  context.translate(box.x + box.width / 2, box.y + box.height / 2)
  context.rotate((transform.rotation * Math.PI) / 180)
  context.scale(transform.mirrorX ? -1 : 1, transform.mirrorY ? -1 : 1)
  context.drawImage(image, -width / 2, -height / 2, width, height)
  image.close()
}

async function imageOf(asset: string): Promise<ImageBitmap> {
  const response = await fetch(`app://asset/${asset}`)
  if (!response.ok) throw new TypeError(`${asset} is not there`)
  return createImageBitmap(await response.blob())
}

function canvas(width: number, height: number): OffscreenCanvasRenderingContext2D {
  const context = new OffscreenCanvas(width, height).getContext('2d')
  if (context === null) throw new Error('no canvas')
  return context
}

function centred(context: OffscreenCanvasRenderingContext2D, text: string, x: number, y: number, maxWidth: number): void {
  context.textAlign = 'center'
  context.textBaseline = 'alphabetic'
  context.fillText(text, x, y, maxWidth)
}

function bytes(context: OffscreenCanvasRenderingContext2D): Uint8Array<ArrayBuffer> {
  const { data } = context.getImageData(0, 0, context.canvas.width, context.canvas.height)
  return new Uint8Array(new Uint8Array(data))
}

/** In place: red and blue change places. */
export function swapRedAndBlue(pixels: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  for (let at = 0; at + 3 < pixels.length; at += 4) {
    const red = pixels[at] ?? 0
    pixels[at] = pixels[at + 2] ?? 0
    pixels[at + 2] = red
  }
  return pixels
}
