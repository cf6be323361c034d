import type { ErrorInfo } from '../shared/errors'
import type { ShowWay } from '../shared/room-link'
import type { ShowEngine } from '../shared/show-engine'

export type LinkWay = { readonly ok: true; readonly media: ShowEngine } | { readonly ok: false; readonly error: ErrorInfo }

/**
 * By which way two anchors can see each other: the stages call each other where neither show goes by TRTC; where both do, and are on, their TRTC rooms are connected. Pure.
 * @param own `trtc`: the room that this app has a ticket for
 */
export function linkWay(own: ShowWay, other: ShowWay): LinkWay {
  if (own.engine === 'stage') return other.onAir && other.engine === 'trtc' ? no('room-link.other-by-trtc') : { ok: true, media: 'stage' }
  if (!own.onAir || own.trtc === null) return no('room-link.own-off-air')
  if (!other.onAir) return no('room-link.other-off-air')
  if (other.engine !== 'trtc' || other.trtc === null) return no('room-link.other-by-rtmp')
  if (own.trtc.sdkAppId !== other.trtc.sdkAppId) return no('room-link.other-app', { own: own.trtc.sdkAppId, other: other.trtc.sdkAppId })
  if (own.trtc.roomId === other.trtc.roomId) return no('room-link.same-trtc-room', { room: own.trtc.roomId })
  return { ok: true, media: 'trtc' }
}

function no(code: ErrorInfo['code'], context: ErrorInfo['context'] = {}): LinkWay {
  return { ok: false, error: { code, context } }
}
