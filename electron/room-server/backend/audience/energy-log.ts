import type { Energy, EnergySample } from '../../../shared/crew-api'
import type { Clock } from '../clock'
import type { RoomRow, Rooms } from '../rooms/rooms'
import { onAir } from '../rooms/show'
import type { Presence } from './presence'
import type { Standings } from './standing'

const SAMPLE_EVERY_MS = 10_000
/** Beyond it every second sample is left out: a show of a day still fits, with its beginning. */
const MAX_SAMPLES = 1_080

/**
 * How popular each running show was over its time. Kept in memory: popularity is made anew from what is on disk after a restart, the curve begins
 * again.
 */
export class EnergyLog {
  readonly #parts: { readonly rooms: Rooms; readonly presence: Presence; readonly standings: Standings; readonly clock: Clock }
  readonly #shows = new Map<string, { readonly show: number; samples: EnergySample[] }>()
  readonly #timer: NodeJS.Timeout

  constructor(parts: { readonly rooms: Rooms; readonly presence: Presence; readonly standings: Standings; readonly clock: Clock }) {
    this.#parts = parts
    this.#timer = setInterval(() => this.#sampleAll(), SAMPLE_EVERY_MS)
  }

  read(room: RoomRow): Energy {
    if (!onAir(room.status)) return { show: room.show, samples: [] }
    return { show: room.show, samples: [...this.#of(room), this.#sample(room)] }
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #sampleAll(): void {
    for (const room of this.#parts.rooms.all()) {
      if (!onAir(room.status)) this.#shows.delete(room.room_id)
      else this.#shows.set(room.room_id, { show: room.show, samples: thinned([...this.#of(room), this.#sample(room)]) })
    }
  }

  /** Of the show that is on, and of none before it. */
  #of({ room_id: roomId, show }: RoomRow): readonly EnergySample[] {
    const known = this.#shows.get(roomId)
    return known?.show === show ? known.samples : []
  }

  #sample({ room_id: roomId }: RoomRow): EnergySample {
    const { presence, standings, clock } = this.#parts
    return { atMs: clock.nowMs(), online: presence.count(roomId), popularity: standings.popularity(roomId) }
  }
}

function thinned(samples: EnergySample[]): EnergySample[] {
  return samples.length <= MAX_SAMPLES ? samples : samples.filter((_, index) => index % 2 === 0)
}
