import { tryOnScopeDispose } from '@vueuse/core'
import { GIFTS } from '../../../../electron/shared/thresholds'
import { useDesk } from '../../stores/desk'
import { usePreview } from '../../stores/preview'
import { GiftChime } from './chime'

/**
 * The chime as the settings want it. Silent where the scene carries the system's sound: that would bring it into the program.
 * @param asked somebody presses to hear it: then it sounds even where it is switched off
 */
export function useGiftChime(asked = false): GiftChime {
  const desk = useDesk()
  const preview = usePreview()
  const chime = new GiftChime({
    makeContext: () => new AudioContext(),
    volume: () => {
      const settings = desk.snapshot?.settings
      if (settings === undefined || settings.scene.sources.some((source) => source.kind === 'system-audio' && !source.muted)) return 0
      return asked || settings.gifts.sound ? settings.gifts.volume : 0
    },
    speaking: () =>
      (desk.snapshot?.settings.scene.sources ?? []).some(
        (source) => source.kind === 'microphone' && !source.muted && preview.level(source.id).rmsDb > GIFTS.voiceDb,
      ),
  })
  tryOnScopeDispose(() => chime.close())
  return chime
}
