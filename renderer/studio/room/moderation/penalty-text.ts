import { useI18n } from 'vue-i18n'
import type { Penalty } from '../../../../electron/shared/crew-api'
import { clockText } from '../../format'

/** How a mute or a block is said, with the time it has left. */
export function usePenaltyText(): { mute(penalty: Penalty, nowMs: number): string; block(penalty: Penalty, nowMs: number): string } {
  const { t } = useI18n()
  const left = ({ until }: Penalty, nowMs: number): string => clockText(until * 1_000 - nowMs)
  return {
    mute: (penalty, nowMs) => {
      if (penalty.scope === 'timed') return t('moderation.state.mutedFor', { time: left(penalty, nowMs) })
      return t(penalty.scope === 'show' ? 'moderation.state.mutedShow' : 'moderation.state.muted')
    },
    block: (penalty, nowMs) => {
      if (penalty.scope === 'timed') return t('moderation.state.outFor', { time: left(penalty, nowMs) })
      return t(penalty.scope === 'show' ? 'moderation.state.out' : 'moderation.state.blocked')
    },
  }
}
