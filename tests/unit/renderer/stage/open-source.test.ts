import { afterEach, expect, it, vi } from 'vitest'
import { DEFAULT_PROFILE } from '../../../../electron/shared/profile'
import type { Source } from '../../../../electron/shared/scene'
import { openSource } from '../../../../renderer/stage/open-source'

afterEach(() => void vi.unstubAllGlobals())

it.each([true, false])("the microphone's echo is taken out only where the anchor wants it: %s", async (echoCancellation) => {
  const asked: MediaStreamConstraints[] = []
  const getUserMedia = (constraints: MediaStreamConstraints): Promise<unknown> => {
    asked.push(constraints)
    return Promise.resolve({ getTracks: () => [{ label: 'A microphone' }] })
  }
  vi.stubGlobal('navigator', { mediaDevices: { getUserMedia } })
  const source: Source = { kind: 'microphone', id: 'm', name: '', deviceId: 'd', echoCancellation, muted: false, gainDb: 0, syncOffsetMs: 0 }
  await openSource(source, DEFAULT_PROFILE, { report: () => undefined } as never)
  expect(asked).toMatchObject([{ audio: { deviceId: { exact: 'd' }, echoCancellation, noiseSuppression: false, autoGainControl: false } }])
})
