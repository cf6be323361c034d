import type { Picture } from '../picture-mix'

/** Reads what the mixing manager shows in its view: it hands out no frames. @returns null while there is nothing */
export function pictureOf(view: HTMLElement): Picture | null {
  const shown = view.querySelector<HTMLVideoElement | HTMLCanvasElement>('video, canvas')
  const width = (shown instanceof HTMLVideoElement ? shown.videoWidth : shown?.width) ?? 0
  const height = (shown instanceof HTMLVideoElement ? shown.videoHeight : shown?.height) ?? 0
  // The preview is small: half of the mix is enough.
  const [w, h] = [Math.floor(width / 4) * 2, Math.floor(height / 4) * 2]
  const context = shown === null || w < 2 || h < 2 ? null : new OffscreenCanvas(w, h).getContext('2d', { willReadFrequently: true })
  if (shown === null || context === null) return null
  context.drawImage(shown, 0, 0, w, h)
  return { width: w, height: h, data: i420Of(context.getImageData(0, 0, w, h).data, w, h) }
}

/** RGBA as I420 in limited-range BT.601; the colour of each two by two is that of its first pixel. */
export function i420Of(rgba: Uint8ClampedArray, width: number, height: number): Uint8Array {
  const data = new Uint8Array((width * height * 3) / 2)
  const chroma = width * height
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const at = (y * width + x) * 4
      const [r, g, b] = [rgba[at] ?? 0, rgba[at + 1] ?? 0, rgba[at + 2] ?? 0]
      data[y * width + x] = Math.round(16 + 0.257 * r + 0.504 * g + 0.098 * b)
      if (x % 2 === 1 || y % 2 === 1) continue
      const to = (y / 2) * (width / 2) + x / 2
      data[chroma + to] = Math.round(128 - 0.148 * r - 0.291 * g + 0.439 * b)
      data[chroma + chroma / 4 + to] = Math.round(128 + 0.439 * r - 0.368 * g - 0.071 * b)
    }
  return data
}
