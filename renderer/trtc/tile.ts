import type { Picture } from './picture-mix'

const TILE_WIDTH = 256

/** A small RGBA picture of somebody in the greenroom: nearest pixels, BT.601. */
export function tileOf({ width, height, data }: Picture): { width: number; height: number; data: Uint8Array } {
  const tileWidth = Math.min(TILE_WIDTH, width)
  const tileHeight = Math.max(1, Math.round((height * tileWidth) / width))
  const rgba = new Uint8Array(tileWidth * tileHeight * 4)
  const chroma = width * height
  for (let y = 0; y < tileHeight; y += 1)
    for (let x = 0; x < tileWidth; x += 1) {
      const fromX = Math.floor((x * width) / tileWidth)
      const fromY = Math.floor((y * height) / tileHeight)
      const at = Math.floor(fromY / 2) * (width / 2) + Math.floor(fromX / 2)
      const luma = 1.164 * ((data[fromY * width + fromX] ?? 16) - 16)
      const u = (data[chroma + at] ?? 128) - 128
      const v = (data[chroma + chroma / 4 + at] ?? 128) - 128
      rgba.set([byte(luma + 1.596 * v), byte(luma - 0.391 * u - 0.813 * v), byte(luma + 2.018 * u), 255], (y * tileWidth + x) * 4)
    }
  return { width: tileWidth, height: tileHeight, data: rgba }
}

function byte(value: number): number {
  return Math.max(0, Math.min(255, Math.round(value)))
}
