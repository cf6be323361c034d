import { bindingsOf } from '../../../../electron/shared/shortcuts'
import type { Snapshot } from '../../../../electron/shared/snapshot'
import { bindingText } from '../../shortcuts'

/** The keys that set a marker, as they are written on this machine; '' = none. */
export function markerKeys({ app, settings }: Pick<Snapshot, 'app' | 'settings'>): string {
  const mac = app.platform === 'darwin'
  const binding = bindingsOf(settings.shortcuts, mac).marker
  return binding === '' ? '' : bindingText(binding, mac)
}
