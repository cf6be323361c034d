import { AnchorError } from '../../../../../../electron/shared/errors'
import {
  decodeImage,
  drawPauseCard,
  drawPlaceholder,
  drawSlate,
  drawText,
  TestCard,
  type Still,
  type TextSource,
} from '../../../../../../renderer/stage/compositor'
import { draw, planesOf } from './pictures'

// The pictures that are drawn, not captured.

/** A frame or still as a PNG (base64), for a person to look at. */
async function png(picture: VideoFrame | Still): Promise<string> {
  const size = 'kind' in picture ? picture : { width: picture.codedWidth, height: picture.codedHeight }
  const canvas = new OffscreenCanvas(size.width, size.height)
  const context = canvas.getContext('2d')
  if ('kind' in picture) context?.putImageData(new ImageData(new Uint8ClampedArray(picture.data), size.width, size.height), 0, 0)
  else context?.drawImage(picture, 0, 0)
  const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer())
  return btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ''))
}

const TEXT: TextSource = {
  text: '',
  colour: '#ffffff',
  background: '#203040',
  size: 0.1,
  align: 'center',
  transform: { width: 0.5 },
}

/** Every drawn picture, for a look by eye. */
export async function gallery(): Promise<Record<string, string>> {
  const card = new TestCard(1_280, 720, 30)
  const frames = {
    'test-card': card.draw(3_723_500_000),
    flash: card.draw(3_724_033_333),
    'slate-en': drawSlate({ title: 'Friday night with Lin', language: 'en', width: 1_280, height: 720 }),
    'slate-zh': drawSlate({ title: '周五晚间直播', language: 'zh-CN', width: 1_280, height: 720 }),
    'pause-en': drawPauseCard({ card: { kind: 'pause', text: '' }, title: 'Friday night with Lin', language: 'en', width: 1_280, height: 720 }),
    'pause-zh': drawPauseCard({ card: { kind: 'be-right-back', text: '接个电话' }, title: '', language: 'zh-CN', width: 1_280, height: 720 }),
    soon: drawPauseCard({ card: { kind: 'starting-soon', text: 'At 20:00' }, title: 'Friday night with Lin', language: 'en', width: 1_280, height: 720 }),
    custom: drawPauseCard({
      card: { kind: 'custom', text: 'We are moving the camera to the kitchen, back in five minutes' },
      title: '',
      language: 'en',
      width: 1_280,
      height: 720,
    }),
    text: drawText({ ...TEXT, text: 'Good evening, welcome to the show: 欢迎来到直播间,今晚我们一起聊天。' }, 1_280, 720),
    shadow: drawText({ ...TEXT, text: 'No background', background: null, align: 'left' }, 1_280, 720),
    placeholder: drawPlaceholder({
      name: 'Camera (Yeti)',
      message: 'Unplugged. It comes back by itself.',
      width: 640,
      height: 360,
    }),
  }
  const out: Record<string, string> = {}
  for (const [name, picture] of Object.entries(frames)) {
    out[name] = await png(picture)
    if (picture instanceof VideoFrame) picture.close()
  }
  return out
}

/** Mean luma of the upper half, position of the bar and luma of the timecode, frame by frame. */
export async function testCard(timesUs: readonly number[]): Promise<{ upper: number; white: number; code: string; timestamp: number }[]> {
  const card = new TestCard(320, 180, 30)
  const out = []
  for (const timeUs of timesUs) {
    const frame = card.draw(timeUs)
    const [y] = await planesOf(frame)
    out.push({
      upper: y.subarray(0, 320 * 90).reduce((sum, value) => sum + value, 0) / (320 * 90),
      white: y.subarray(320 * 178, 320 * 179).findIndex((value) => value === 235),
      code: [...y.subarray(320 * 104, 320 * 120)].join(''),
      timestamp: frame.timestamp,
    })
    frame.close()
  }
  return out
}

export async function images(): Promise<{ png: number[]; large: number[]; errors: string[] }> {
  const blob = await draw({ width: 300, height: 200 }, true).convertToBlob()
  const fits = await decodeImage(blob, 1_920, 1_080)
  const large = await decodeImage(await draw({ width: 3_000, height: 1_000 }, false).convertToBlob({ type: 'image/jpeg' }), 600, 600)
  const errors: string[] = []
  const bytes = new Uint8Array(await blob.arrayBuffer())
  const huge = bytes.slice()
  huge.set([0, 0, 0x40, 0], 16)
  for (const bad of [new Uint8Array(0), new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"/>'), bytes.slice(0, 60), huge]) {
    await decodeImage(new Blob([bad]), 100, 100, 'x.png').catch((error: unknown) =>
      errors.push(error instanceof AnchorError ? `${error.code} ${error.context['reason']}` : String(error)),
    )
  }
  return {
    png: [fits.width, fits.height, fits.data[3] ?? -1],
    large: [large.width, large.height, large.data[3] ?? -1],
    errors,
  }
}

/** Widths that text takes, as alpha per column of its picture. */
export function textBox(align: TextSource['align'], text: string): { width: number; height: number; first: number; last: number } {
  const still = drawText({ ...TEXT, align, text, transform: { width: 0.8 } }, 640, 360)
  const columns = Array.from({ length: still.width }, (_, x) =>
    Array.from({ length: still.height }, (_, y) => still.data[4 * (y * still.width + x) + 3] ?? 0).some((alpha) => alpha > 200),
  )
  return { width: still.width, height: still.height, first: columns.indexOf(true), last: columns.lastIndexOf(true) }
}

export async function slate(): Promise<{ size: number[]; luma: number; different: boolean }> {
  const [en, zh] = [drawSlate({ title: 'A', language: 'en', width: 320, height: 180 }), drawSlate({ title: 'A', language: 'zh-CN', width: 320, height: 180 })]
  const [a, b] = [(await planesOf(en))[0], (await planesOf(zh))[0]]
  const size = [en.codedWidth, en.codedHeight, en.timestamp]
  en.close()
  zh.close()
  return { size, luma: Math.max(...a), different: a.some((value, at) => value !== b[at]) }
}
