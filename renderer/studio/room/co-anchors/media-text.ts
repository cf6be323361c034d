import { useI18n } from 'vue-i18n'
import type { CoAnchorMedia } from '../../../../electron/shared/co-anchor-line'

/** Of the line to a co-anchor: above the first it is fair, above the second poor. */
const RTT_MS = { fair: 150, poor: 300 } as const
const LOSS = { fair: 0.02, poor: 0.08 } as const

export type LineLevel = 'good' | 'fair' | 'poor'

/** @returns null: nothing is known of it yet */
export function lineLevel({ rttMs, loss }: Pick<CoAnchorMedia, 'rttMs' | 'loss'>): LineLevel | null {
  if (rttMs === null && loss === null) return null
  const rtt = rttMs ?? 0
  const lost = loss ?? 0
  if (rtt > RTT_MS.poor || lost > LOSS.poor) return 'poor'
  return rtt > RTT_MS.fair || lost > LOSS.fair ? 'fair' : 'good'
}

export interface LineText {
  readonly level: LineLevel | 'unknown'
  readonly text: string
}

/** How a co-anchor's line is, in words. */
export function useLineText(): (media: CoAnchorMedia | undefined) => LineText {
  const { t, n } = useI18n()
  return (media) => {
    if (media === undefined) return { level: 'unknown', text: t('coAnchors.tile.unknown') }
    if (media.state !== 'connected') return { level: 'unknown', text: t(`coAnchors.tile.${media.state === 'lost' ? 'unknown' : media.state}`) }
    const level = lineLevel(media)
    if (level === null) return { level: 'good', text: t('coAnchors.line.measuring') }
    const loss = n(Math.round((media.loss ?? 0) * 1_000) / 10)
    return { level, text: t(`coAnchors.line.${level}`, { rtt: n(Math.round(media.rttMs ?? 0)), loss }) }
  }
}

/** Since when nothing comes, whole seconds; null = it is not lost. */
export function lostSeconds(media: CoAnchorMedia | undefined, nowMs: number): number | null {
  if (media === undefined || media.state !== 'lost') return null
  return Math.max(0, Math.floor((nowMs - (media.lostAtMs ?? nowMs)) / 1_000))
}
