import { useI18n } from 'vue-i18n'
import type { Label, Trouble } from './moderation-store'

export interface ModerationText {
  /** What was done. */
  done(label: Label): string
  /** What was to be done. */
  wanted(label: Label): string
  trouble(trouble: Trouble): string
  list(parts: readonly string[]): string
}

/** Sentences of what was done, and of why it was not. */
export function useModerationText(): ModerationText {
  const { t } = useI18n()
  const isRoomAct = (act: Label['act']): act is 'mute-all' | 'speak-all' | 'slow-mode' | 'fast-mode' | 'panic' =>
    act === 'mute-all' || act === 'speak-all' || act === 'slow-mode' || act === 'fast-mode' || act === 'panic'
  return {
    done: ({ act, name, seconds }) => t(`moderation.done.${act}`, { name, seconds }),
    wanted: ({ act, name }) => (isRoomAct(act) ? t(`moderation.failedActs.${act}`) : t(`moderation.acts.${act}`, { name })),
    list: (parts) => (parts.length === 0 ? '' : parts.reduce((first, rest) => t('moderation.list', { first, rest }))),
    trouble: (trouble) => (trouble.kind === 'said' ? `${trouble.message} ${trouble.remedy}` : t(`moderation.trouble.${trouble.kind}`)),
  }
}
