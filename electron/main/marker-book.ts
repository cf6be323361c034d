import { AnchorError } from '../shared/errors'
import { MAX_MARKERS, type Marker } from '../shared/marker'
import { isOnAir, type SessionState } from '../shared/session'

/** The markers of the running show. They stay after its end, for what is told of it, until the next one is on air. */
export class MarkerBook {
  readonly #onChange: (markers: readonly Marker[]) => void
  #markers: readonly Marker[] = []
  #lastId = 0
  #onAir = false
  #aside: readonly Marker[] | null = null

  constructor(onChange: (markers: readonly Marker[]) => void) {
    this.#onChange = onChange
  }

  sessionIs(state: SessionState): void {
    const onAir = isOnAir(state)
    if (onAir && !this.#onAir && this.#markers.length > 0) this.#set([])
    this.#onAir = onAir
  }

  /** The markers of the last show wait while a rehearsal has its own. */
  setAside(): void {
    this.#aside ??= this.#markers
    this.#set([])
  }

  takeUp(): void {
    if (this.#aside !== null) this.#set(this.#aside)
    this.#aside = null
  }

  /** @throws AnchorError marker.off-air | marker.limit */
  add(label: string, atMs: number): void {
    if (!this.#onAir) throw new AnchorError('marker.off-air')
    if (this.#markers.length >= MAX_MARKERS) throw new AnchorError('marker.limit', { context: { limit: MAX_MARKERS } })
    this.#lastId += 1
    this.#set([...this.#markers, { id: this.#lastId, atMs, label }])
  }

  /** One that is gone stays gone. */
  rename(id: number, label: string): void {
    this.#set(this.#markers.map((marker) => (marker.id === id ? { ...marker, label } : marker)))
  }

  remove(id: number): void {
    this.#set(this.#markers.filter((marker) => marker.id !== id))
  }

  #set(markers: readonly Marker[]): void {
    this.#markers = markers
    this.#onChange(markers)
  }
}
