import { powerMonitor, systemPreferences } from 'electron'
import type { MediaAccess } from '../shared/checks'
import type { Scene } from '../shared/scene'

/** What the system lets us use, for each kind of device that the scene has. */
export function mediaAccess(scene: Scene): { device: string; access: MediaAccess }[] {
  const kinds = new Set(scene.sources.map((source) => source.kind))
  const wanted = (['camera', 'microphone', 'screen'] as const).filter((device) => kinds.has(device) || (device === 'screen' && kinds.has('window')))
  return wanted.map((device) => ({ device, access: accessTo(device) }))
}

export function accessTo(device: 'camera' | 'microphone' | 'screen'): MediaAccess {
  if (process.platform === 'linux') return 'granted'
  const status = systemPreferences.getMediaAccessStatus(device)
  return status === 'granted' ? 'granted' : status === 'not-determined' ? 'not-asked' : status === 'unknown' ? 'unknown' : 'denied'
}

export function onBattery(): boolean | null {
  // Linux without a battery service answers false, which is what it is on a desktop.
  return powerMonitor.isOnBatteryPower()
}
