import type { TrtcTrouble } from './trtc-trouble'

/** How the own stay in the show's TRTC room looks. */
export interface TrtcView {
  /** `out`: not wanted there. */
  readonly state: 'out' | 'connecting' | 'in'
  /** The anchor is in the room. */
  readonly anchor: boolean
  readonly trouble: TrtcTrouble | null
  /** Sound waits for a touch of the page. */
  readonly blocked: boolean
}

export const NO_TRTC: TrtcView = { state: 'out', anchor: false, trouble: null, blocked: false }
