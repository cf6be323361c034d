import { describe, expect, it } from 'vitest'
import { defaultSettings } from '../../../electron/shared/settings'
import { translateDevices } from '../../../electron/shared/scene-devices'
import type { Scene } from '../../../electron/shared/scene'

const chromium = {
  cameras: [
    { id: 'c1', label: 'HD Pro Webcam C920 (046d:082d)' },
    { id: 'c2', label: 'Capture Card' },
    { id: 'c3', label: 'Only Chromium' },
  ],
  microphones: [
    { id: 'default', label: 'Default - Yeti Nano (046d:0ab7)' },
    { id: 'm1', label: 'Headset' },
  ],
}
const trtc = {
  cameras: [
    { id: '\\\\?\\usb#2', label: 'Capture Card' },
    { id: '\\\\?\\usb#1', label: 'HD Pro Webcam C920' },
  ],
  microphones: [{ id: '{0.0.1}', label: 'Yeti Nano' }],
}

function scene(camera: string | null, microphone: string | null): Scene {
  const { sources } = defaultSettings().scene
  return { sources: sources.map((source) => ('deviceId' in source ? { ...source, deviceId: source.kind === 'camera' ? camera : microphone } : source)) }
}
const ids = ({ sources }: Scene): (string | null)[] => sources.flatMap((source) => ('deviceId' in source ? [source.deviceId] : []))

describe("a scene's devices as the other engine calls them", () => {
  it.each([
    ['c1', 'default', '\\\\?\\usb#1', '{0.0.1}'],
    ['c2', 'm1', '\\\\?\\usb#2', 'm1'],
    ['c3', 'unknown', 'c3', 'unknown'],
    [null, null, null, null],
  ])('%s and %s', (camera, microphone, ...expected) => {
    expect(ids(translateDevices(scene(camera, microphone), chromium, trtc))).toEqual(expected)
  })

  it('leave everything else as it is', () => {
    const before = scene('c1', 'default')
    const after = translateDevices(before, chromium, trtc)
    expect(after.sources.map((source) => ({ ...source, deviceId: null }))).toEqual(before.sources.map((source) => ({ ...source, deviceId: null })))
  })
})
