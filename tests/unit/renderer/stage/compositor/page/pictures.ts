/** Pictures for the tests in a real browser, and the measure by which two are compared. */

export interface Size {
  readonly width: number
  readonly height: number
}

export type Format = 'I420' | 'I420-odd' | 'I420-601' | 'I420-full' | 'NV12' | 'RGBA' | 'BGRX' | 'I420A' | 'still' | 'canvas'

/** Smooth, different in every corner, no symmetry: a wrong flip, crop or channel order costs many decibels. */
export function draw({ width, height }: Size, withAlpha: boolean): OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) throw new Error('no 2D canvas')
  const across = context.createLinearGradient(0, 0, width, height / 3)
  across.addColorStop(0, '#c02030')
  across.addColorStop(0.4, '#30a060')
  across.addColorStop(1, '#3050d0')
  context.fillStyle = across
  if (!withAlpha) context.fillRect(0, 0, width, height)
  for (const [x, y, radius, colour] of [
    [0.2, 0.25, 0.4, '#ffff40'],
    [0.75, 0.7, 0.5, '#202020'],
    [0.8, 0.15, 0.3, '#ffffff'],
  ] as const) {
    const spot = context.createRadialGradient(x * width, y * height, 0, x * width, y * height, radius * height)
    spot.addColorStop(0, colour)
    spot.addColorStop(1, `${colour}00`)
    context.fillStyle = spot
    context.fillRect(0, 0, width, height)
  }
  return canvas
}

export function pixelsOf(canvas: OffscreenCanvas): Uint8ClampedArray<ArrayBuffer> {
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) throw new Error('no 2D canvas')
  return context.getImageData(0, 0, canvas.width, canvas.height).data
}

/** Written here from the standards' formulas, apart from the compositor's own. */
export function toYuv(rgba: Uint8ClampedArray, { width, height }: Size, red: number, blue: number, full: boolean): [Uint8Array, Uint8Array, Uint8Array] {
  const cw = Math.ceil(width / 2)
  const ch = Math.ceil(height / 2)
  const y = new Uint8Array(width * height)
  const sums = [new Float64Array(cw * ch), new Float64Array(cw * ch), new Float64Array(cw * ch)] as const
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const at = row * width + column
      const [r, g, b] = [rgba[4 * at] ?? 0, rgba[4 * at + 1] ?? 0, rgba[4 * at + 2] ?? 0]
      const luma = red * r + (1 - red - blue) * g + blue * b
      y[at] = Math.round(full ? luma : 16 + (luma * 219) / 255)
      const c = (row >> 1) * cw + (column >> 1)
      sums[0][c] = (sums[0][c] ?? 0) + (b - luma) / (2 * (1 - blue))
      sums[1][c] = (sums[1][c] ?? 0) + (r - luma) / (2 * (1 - red))
      sums[2][c] = (sums[2][c] ?? 0) + 1
    }
  }
  const chroma = (sum: Float64Array): Uint8Array =>
    Uint8Array.from(sum, (value, at) => Math.max(0, Math.min(255, Math.round(128 + (value / (sums[2][at] ?? 1)) * (full ? 1 : 224 / 255)))))
  return [y, chroma(sums[0]), chroma(sums[1])]
}

function join(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

const BT709 = [0.2126, 0.0722] as const
const BT601 = [0.299, 0.114] as const
const even = (size: number): number => size + (size & 1)

/** A plane with room up to an even size, filled with what must never be seen. */
function padded(plane: Uint8Array, { width, height }: Size): Uint8Array {
  const out = new Uint8Array(even(width) * even(height)).fill(255)
  for (let y = 0; y < height; y++) out.set(plane.subarray(y * width, (y + 1) * width), y * even(width))
  return out
}

type StillPicture = { kind: 'still'; width: number; height: number; data: Uint8ClampedArray }

/**
 * Subsampled frames of an odd size have an even coded size, as captured windows have; 'I420-odd' has an odd coded size,
 * which Chrome 114 does not know.
 */
export function makePicture(canvas: OffscreenCanvas, format: Format): VideoFrame | StillPicture {
  const { width, height } = canvas
  const rgba = pixelsOf(canvas)
  const init = { codedWidth: width, codedHeight: height, timestamp: 0 }
  const yuv = (pixelFormat: VideoPixelFormat, parts: readonly Uint8Array[], matrix: VideoMatrixCoefficients, fullRange: boolean, exact = false): VideoFrame => {
    const [y = new Uint8Array(), ...rest] = parts
    // The alpha is as large as the luma; chroma has whole samples already.
    const pad = (plane: Uint8Array): Uint8Array => (exact || plane.length !== width * height ? plane : padded(plane, canvas))
    return new VideoFrame(join(pad(y), ...rest.map(pad)), {
      timestamp: 0,
      format: pixelFormat,
      codedWidth: exact ? width : even(width),
      codedHeight: exact ? height : even(height),
      visibleRect: { x: 0, y: 0, width, height },
      colorSpace: { primaries: 'bt709', transfer: 'bt709', matrix, fullRange },
    })
  }
  switch (format) {
    case 'canvas':
      return new VideoFrame(canvas, { timestamp: 0 })
    case 'still':
      return { kind: 'still', width, height, data: rgba }
    case 'RGBA':
      return new VideoFrame(rgba, { ...init, format: 'RGBA' })
    case 'BGRX': {
      const swapped = rgba.slice()
      for (let at = 0; at < swapped.length; at += 4) [swapped[at], swapped[at + 2]] = [rgba[at + 2] ?? 0, rgba[at] ?? 0]
      return new VideoFrame(swapped, { ...init, format: 'BGRX' })
    }
    case 'I420-601':
      return yuv('I420', toYuv(rgba, canvas, ...BT601, false), 'smpte170m', false)
    case 'I420-full':
      return yuv('I420', toYuv(rgba, canvas, ...BT601, true), 'smpte170m', true)
    case 'NV12': {
      const [y, u, v] = toYuv(rgba, canvas, ...BT709, false)
      const uv = new Uint8Array(2 * u.length)
      u.forEach((value, at) => {
        uv[2 * at] = value
        uv[2 * at + 1] = v[at] ?? 0
      })
      return yuv('NV12', [y, uv], 'bt709', false)
    }
    case 'I420A': {
      const alpha = Uint8Array.from({ length: width * height }, (_, at) => rgba[4 * at + 3] ?? 0)
      return yuv('I420A', [...toYuv(rgba, canvas, ...BT709, false), alpha], 'bt709', false)
    }
    case 'I420':
    case 'I420-odd':
      return yuv('I420', toYuv(rgba, canvas, ...BT709, false), 'bt709', false, format === 'I420-odd')
  }
}

/** Decibels; 99 = equal. */
export function psnr(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) throw new Error(`${a.length} against ${b.length} samples`)
  let sum = 0
  for (const [at, value] of a.entries()) sum += (value - (b[at] ?? 0)) ** 2
  return sum === 0 ? 99 : Math.min(99, 10 * Math.log10((255 ** 2 * a.length) / sum))
}

/** Any frame as BT.709 limited planes. */
export async function planesOf(frame: VideoFrame): Promise<[Uint8Array, Uint8Array, Uint8Array]> {
  const size = { width: frame.codedWidth, height: frame.codedHeight }
  const chroma = Math.ceil(size.width / 2) * Math.ceil(size.height / 2)
  if (frame.format === 'I420') {
    const data = new Uint8Array(frame.allocationSize())
    await frame.copyTo(data)
    const luma = size.width * size.height
    return [data.subarray(0, luma), data.subarray(luma, luma + chroma), data.subarray(luma + chroma)]
  }
  const canvas = new OffscreenCanvas(size.width, size.height)
  canvas.getContext('2d', { willReadFrequently: true })?.drawImage(frame, 0, 0)
  return toYuv(pixelsOf(canvas), size, ...BT709, false)
}

export function planesOfCanvas(canvas: OffscreenCanvas): [Uint8Array, Uint8Array, Uint8Array] {
  return toYuv(pixelsOf(canvas), canvas, ...BT709, false)
}
