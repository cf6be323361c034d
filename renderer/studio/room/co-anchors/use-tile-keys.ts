import { useTalkback } from './talkback-store'

export interface TileKeys {
  readonly userId: string
  readonly name: string
  /** Space on the tile itself. */
  readonly onSpace?: () => void
  /** Shift with an arrow. */
  readonly onMove?: (side: 'left' | 'right') => void
}

/** The keys of a tile that has the focus itself; those of what stands in it belong to that, but for talking. */
export function useTileKeys(): (event: KeyboardEvent, keys: TileKeys) => void {
  const talkback = useTalkback()
  return (event, { userId, name, onSpace, onMove }) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return
    if (event.shiftKey && event.code === 'KeyT') {
      event.preventDefault()
      if (!event.repeat) void talkback.hold(userId, name, 'key')
      return
    }
    const tile = event.currentTarget
    if (event.target !== tile || !(tile instanceof HTMLElement)) return
    if (event.key === ' ' && onSpace !== undefined) {
      event.preventDefault()
      if (!event.repeat) onSpace()
      return
    }
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return
    event.preventDefault()
    const side = event.key === 'ArrowLeft' ? 'left' : 'right'
    if (!event.shiftKey) beside(tile, side)?.focus()
    else onMove?.(side)
  }
}

function beside(tile: HTMLElement, side: 'left' | 'right'): HTMLElement | undefined {
  const all = [...document.querySelectorAll<HTMLElement>('[data-testid="co-anchor-tile"]')]
  return all[all.indexOf(tile) + (side === 'left' ? -1 : 1)]
}
