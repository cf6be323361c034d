import { WHOLE, type Arrangement, type Box } from '../../../electron/shared/seat-layout'

/** How long a change of the layout takes, microseconds. */
const MOVE_US = 300_000

/** Moves everybody from where they stand to where they belong. Pure: time is handed in. */
export class SeatMotion {
  #from: Arrangement = { anchor: WHOLE, seats: new Map() }
  #to: Arrangement = this.#from
  #sinceUs = -MOVE_US

  /** Where they belong from now on. */
  set(to: Arrangement, nowUs: number): void {
    this.#from = this.at(nowUs)
    this.#to = to
    this.#sinceUs = nowUs
  }

  /** Where they stand at this moment. Who is new is there at once. */
  at(nowUs: number): Arrangement {
    const share = Math.min(1, Math.max(0, (nowUs - this.#sinceUs) / MOVE_US))
    if (share === 1) return this.#to
    const eased = share * share * (3 - 2 * share)
    const seats = [...this.#to.seats].map(([userId, box]) => [userId, between(this.#from.seats.get(userId) ?? box, box, eased)] as const)
    return { anchor: between(this.#from.anchor, this.#to.anchor, eased), seats: new Map(seats) }
  }
}

function between(from: Box, to: Box, share: number): Box {
  const mixed = (a: number, b: number): number => a + (b - a) * share
  return { x: mixed(from.x, to.x), y: mixed(from.y, to.y), width: mixed(from.width, to.width), height: mixed(from.height, to.height) }
}
