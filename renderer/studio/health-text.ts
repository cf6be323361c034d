import { useI18n } from 'vue-i18n'
import type { Snapshot } from '../../electron/shared/snapshot'
import { sourceName } from './naming'

/** What the viewers notice and its likely cause, in one sentence. */
export function useHealthText(): (snapshot: Pick<Snapshot, 'health' | 'settings'>) => string {
  const { t } = useI18n()
  return ({ health, settings }) => {
    if (health.cause === null) return t(health.level === 'good' ? 'health.fine' : 'health.offAir')
    const source = settings.scene.sources.find((one) => one.id === health.context['sourceId'])
    const name = source === undefined ? '' : sourceName(source, (kind) => t(`sources.kind.${kind}`))
    return t(`health.cause.${health.cause}`, { ...health.context, source: name })
  }
}
