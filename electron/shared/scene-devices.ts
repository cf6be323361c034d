import type { Devices, Scene } from './scene'

type Named = Pick<Devices, 'cameras' | 'microphones'>

/**
 * A scene as another engine calls its devices: Chromium and TRTC have each their own ids for the same camera, and nearly the same names. A device that either does
 * not know keeps its id: it is then not found, and never another one in its place.
 * @param from whose ids stand in the scene
 */
export function translateDevices(scene: Scene, from: Named, to: Named): Scene {
  return {
    ...scene,
    sources: scene.sources.map((source) => {
      if (source.kind === 'camera') return { ...source, deviceId: translate(source.deviceId, from.cameras, to.cameras) }
      if (source.kind === 'microphone') return { ...source, deviceId: translate(source.deviceId, from.microphones, to.microphones) }
      return source
    }),
  }
}

function translate(id: string | null, from: Devices['cameras'], to: Devices['cameras']): string | null {
  const known = id === null ? undefined : from.find((one) => one.id === id)
  if (known === undefined) return id
  return (to.find((one) => one.label === known.label) ?? to.find((one) => bare(one.label) === bare(known.label)))?.id ?? id
}

/** Chromium adds the USB ids: "C920 HD (046d:082d)", and "Default - " before what the system chose. */
function bare(label: string): string {
  return label
    .replace(/^(default|communications) - /i, '')
    .replace(/ \([0-9a-f]{4}:[0-9a-f]{4}\)$/i, '')
    .trim()
    .toLowerCase()
}
