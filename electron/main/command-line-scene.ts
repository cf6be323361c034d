import type { CommandLine } from '../shared/cli'
import type { Profile } from '../shared/profile'
import { FULL_FRAME, NO_BEAUTY, type Scene } from '../shared/scene'

/** The scene that `--source` asks for: the one picture, and the microphone where the picture has no sound of its own. */
export function sceneOf(source: NonNullable<CommandLine['source']>): Scene {
  const transform = FULL_FRAME
  const sound = { muted: false, gainDb: 0, syncOffsetMs: 0 }
  if (source === 'test-card') return { sources: [{ kind: 'test-card', id: 'test-card', name: '', visible: true, transform, ...sound }] }
  const microphone = { kind: 'microphone', id: 'microphone', name: '', deviceId: null, echoCancellation: false, ...sound } as const
  if (source === 'camera')
    return { sources: [{ kind: 'camera', id: 'camera', name: '', deviceId: null, beauty: NO_BEAUTY, visible: true, syncOffsetMs: 0, transform }, microphone] }
  return { sources: [{ kind: 'screen', id: 'screen', name: '', displayId: null, visible: true, syncOffsetMs: 0, transform }, microphone] }
}

/** The saved profile with what the command line puts in its place for this run. */
export function profileOf(commandLine: CommandLine, saved: Profile): Profile {
  return {
    resolution: commandLine.resolution ?? saved.resolution,
    fps: commandLine.fps ?? saved.fps,
    bitrateKbps: commandLine.bitrateKbps ?? (commandLine.resolution === '1080p' ? 6_000 : saved.bitrateKbps),
  }
}
