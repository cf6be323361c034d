/** What the samples of a YUV picture mean. */
export interface Colour {
  readonly matrix: 'bt601' | 'bt709'
  readonly fullRange: boolean
}

/** The program's own: HD's matrix and the range every player expects, whatever the sources are. */
export const PROGRAM_COLOUR: Colour = { matrix: 'bt709', fullRange: false }

export const PROGRAM_COLOUR_SPACE: VideoColorSpaceInit = {
  primaries: 'bt709',
  transfer: 'bt709',
  matrix: 'bt709',
  fullRange: false,
}

/**
 * Only matrix and range are looked at. Chromium marks its screen and camera capture as smpte170m throughout because
 * libyuv made the samples; the primaries and the transfer behind them are the screen's or camera's own, so they are kept.
 */
export function colourOf(space: Pick<VideoColorSpace, 'matrix' | 'fullRange'>, height: number): Colour {
  const fullRange = space.fullRange ?? false
  switch (space.matrix) {
    case 'bt709':
      return { matrix: 'bt709', fullRange }
    case 'bt470bg':
    case 'smpte170m':
      return { matrix: 'bt601', fullRange }
    default:
      // Unmarked: standard definition is BT.601, the rest BT.709, as players guess too.
      return { matrix: height > 576 ? 'bt709' : 'bt601', fullRange }
  }
}

export function isProgramColour({ matrix, fullRange }: Colour): boolean {
  return matrix === PROGRAM_COLOUR.matrix && fullRange === PROGRAM_COLOUR.fullRange
}

/** Arguments of the `convert` kernel: gains in Q15, `yAdd` in 64ths with the rounding half in it. */
export interface Conversion {
  readonly yGain: number
  readonly yAdd: number
  readonly yu: number
  readonly yv: number
  readonly uu: number
  readonly uv: number
  readonly vu: number
  readonly vv: number
}

const WEIGHTS = { bt601: { red: 0.299, blue: 0.114 }, bt709: { red: 0.2126, blue: 0.0722 } } as const

/** From `colour` to the program's; null = nothing to do. Derived from the red and blue weights of the two standards. */
export function conversionFrom(colour: Colour): Conversion | null {
  if (isProgramColour(colour)) return null
  const from = WEIGHTS[colour.matrix]
  const to = WEIGHTS.bt709
  const fromGreen = 1 - from.red - from.blue
  const toGreen = 1 - to.red - to.blue
  // On unit luma and chroma of ±½: luma changes by a·Cb + b·Cr.
  const a = 2 * (1 - from.blue) * (to.blue - (toGreen * from.blue) / fromGreen)
  const b = 2 * (1 - from.red) * (to.red - (toGreen * from.red) / fromGreen)
  const blue = 2 * (1 - to.blue)
  const red = 2 * (1 - to.red)
  const luma = 219 / (colour.fullRange ? 255 : 219)
  const chroma = colour.fullRange ? 255 : 224
  const black = colour.fullRange ? 0 : 16
  const q15 = (value: number): number => Math.round(value * 32_768)
  return {
    yGain: q15(luma - 1),
    yAdd: Math.round((16 - luma * black) * 64) + 32,
    yu: q15((219 * a) / chroma),
    yv: q15((219 * b) / chroma),
    uu: q15(((224 / chroma) * (2 * (1 - from.blue) - a)) / blue - 1),
    uv: q15(((224 / chroma) * -b) / blue),
    vu: q15(((224 / chroma) * -a) / red),
    vv: q15(((224 / chroma) * (2 * (1 - from.red) - b)) / red - 1),
  }
}

/**
 * Brings a program picture into BT.601, in place. WebRTC's codecs do not carry the colour of a picture, and browsers read one of this size as BT.601.
 * @param data packed I420, limited range; even width and height
 */
export function intoBt601(data: Uint8Array, width: number, height: number): void {
  const { bt709: from, bt601: to } = WEIGHTS
  const fromGreen = 1 - from.red - from.blue
  const toGreen = 1 - to.red - to.blue
  const a = 2 * (1 - from.blue) * (to.blue - (toGreen * from.blue) / fromGreen)
  const b = 2 * (1 - from.red) * (to.red - (toGreen * from.red) / fromGreen)
  const [blue, red] = [2 * (1 - to.blue), 2 * (1 - to.red)]
  const { y, u, v } = i420Views(data, width, height)
  const half = width / 2
  for (let row = 0; row < height / 2; row++) {
    for (let column = 0; column < half; column++) {
      const at = row * half + column
      const cb = (u[at] ?? 128) - 128
      const cr = (v[at] ?? 128) - 128
      const more = (219 / 224) * (a * cb + b * cr)
      for (const luma of [2 * row * width + 2 * column, (2 * row + 1) * width + 2 * column]) {
        y[luma] = clamped((y[luma] ?? 0) + more)
        y[luma + 1] = clamped((y[luma + 1] ?? 0) + more)
      }
      u[at] = clamped(128 + ((2 * (1 - from.blue) - a) * cb - b * cr) / blue)
      v[at] = clamped(128 + (-a * cb + (2 * (1 - from.red) - b) * cr) / red)
    }
  }
}

function clamped(sample: number): number {
  return Math.max(0, Math.min(255, Math.round(sample)))
}

/** BT.709 limited-range luma and chroma of one sRGB colour, unrounded. The same 256ths as the kernel's. */
export function yuvOf(red: number, green: number, blue: number): readonly [y: number, u: number, v: number] {
  return [16 + (47 * red + 157 * green + 16 * blue) / 256, 128 + (-26 * red - 86 * green + 112 * blue) / 256, 128 + (112 * red - 102 * green - 10 * blue) / 256]
}

/** Planes as views, with rows of exactly their width. */
export interface I420Views {
  readonly y: Uint8Array
  readonly u: Uint8Array
  readonly v: Uint8Array
}

export interface I420AViews extends I420Views {
  readonly a: Uint8Array
  /** Alpha at the chroma's size. */
  readonly chromaAlpha: Uint8Array
}

export function chromaSize(size: number): number {
  return (size + 1) >> 1
}

export function i420Views(data: Uint8Array, width: number, height: number): I420Views {
  const luma = width * height
  const chroma = chromaSize(width) * chromaSize(height)
  return {
    y: data.subarray(0, luma),
    u: data.subarray(luma, luma + chroma),
    v: data.subarray(luma + chroma, luma + 2 * chroma),
  }
}

/**
 * Straight RGBA → premultiplied I420 with alpha at both resolutions. Runs once per still, so it is plain code. Chroma
 * is averaged weighted by alpha: what is transparent has no say in the colour of an edge.
 */
export function stillToI420A(rgba: Uint8ClampedArray, width: number, height: number, out: I420AViews): void {
  const chromaWidth = chromaSize(width)
  for (let cy = 0; cy < chromaSize(height); cy++) {
    for (let cx = 0; cx < chromaWidth; cx++) {
      let sumU = 0
      let sumV = 0
      let sumA = 0
      let count = 0
      for (let y = 2 * cy; y < Math.min(height, 2 * cy + 2); y++) {
        for (let x = 2 * cx; x < Math.min(width, 2 * cx + 2); x++) {
          const at = y * width + x
          const alpha = rgba[4 * at + 3] ?? 0
          const [luma, u, v] = yuvOf(rgba[4 * at] ?? 0, rgba[4 * at + 1] ?? 0, rgba[4 * at + 2] ?? 0)
          out.y[at] = Math.round((luma * alpha) / 255)
          out.a[at] = alpha
          sumU += u * alpha
          sumV += v * alpha
          sumA += alpha
          count += 1
        }
      }
      const at = cy * chromaWidth + cx
      out.u[at] = Math.round(sumU / count / 255)
      out.v[at] = Math.round(sumV / count / 255)
      out.chromaAlpha[at] = Math.round(sumA / count)
    }
  }
}

/** Opaque RGBA → I420, for pictures drawn once (slate, test card). */
export function rgbaToI420(rgba: Uint8ClampedArray, width: number, height: number, out: I420Views): void {
  const size = width * height
  const chroma = chromaSize(width) * chromaSize(height)
  stillToI420A(rgba, width, height, { ...out, a: new Uint8Array(size), chromaAlpha: new Uint8Array(chroma) })
}
