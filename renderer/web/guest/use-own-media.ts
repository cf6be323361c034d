import { computed, onScopeDispose, ref, shallowRef, type ShallowRef } from 'vue'
import type { Wish } from '../../../electron/shared/co-anchor-line'
import { cameraCheck, echoCheck, isHeard, microphoneCheck, type CheckView, type EchoResult } from './checks'
import type { GuestMemory } from './guest-memory'
import { OwnMedia, type MediaKind, type MediaNote, type MediaView } from './own-media'
import { PictureProbe } from './picture-probe'
import { SoundDesk } from './sound-desk'

const LOOK_MS = 100
/** Below it the meter is empty, dBFS. */
const METER_FLOOR_DB = -60
const SILENCE_DB = -100

export interface OwnMediaOptions {
  readonly devices: MediaDevices
  readonly memory: GuestMemory
  /** The own picture as it is shown. */
  readonly picture: Readonly<ShallowRef<HTMLVideoElement | null>>
  onTrack(kind: MediaKind, track: MediaStreamTrack | null): void
}

/** Own camera and microphone, as the page shows them: devices, meter and checks. Ends with the scope. */
export function useOwnMedia({ devices, memory, picture, onTrack }: OwnMediaOptions) {
  const view = shallowRef<MediaView>({
    audio: { track: null, device: null, trouble: null, off: false },
    video: { track: null, device: null, trouble: null, off: false },
    microphones: [],
    cameras: [],
    speakers: [],
  })
  const note = shallowRef<MediaNote | null>(null)
  /** 0 … 1 */
  const level = ref(0)
  const speaker = ref(memory.now.speaker)
  const camera = shallowRef<CheckView>({ verdict: 'unknown', why: 'looking' })
  const microphone = shallowRef<CheckView>({ verdict: 'unknown', why: 'listening' })
  const echoResult = ref<EchoResult>('untested')
  const echo = computed(() => echoCheck(echoResult.value))
  const probe = new PictureProbe()
  let sound: SoundDesk | null = null
  let timer: ReturnType<typeof setInterval> | null = null
  let peakDb = SILENCE_DB
  const openedAtMs = { audio: 0, video: 0 }

  const media = new OwnMedia(
    devices,
    { audio: memory.now.microphone, video: memory.now.camera },
    {
      onChange: (next) => (view.value = next),
      onTrack: (kind, track) => {
        openedAtMs[kind] = Date.now()
        if (kind === 'audio') takeMicrophone(track)
        else probe.reset()
        onTrack(kind, track)
      },
      onNote: (next) => (note.value = next),
    },
  )

  const microphoneId = (): string => view.value.audio.device?.id ?? ''

  function takeMicrophone(track: MediaStreamTrack | null): void {
    sound?.listen(track)
    // Heard on the last visit: nobody has to say something again.
    peakDb = memory.now.heard !== '' && memory.now.heard === microphoneId() ? 0 : SILENCE_DB
    echoResult.value = memory.echoOf(microphoneId(), speaker.value)
  }

  function look(): void {
    const nowMs = Date.now()
    const { audio, video } = view.value
    const db = sound === null || audio.off ? SILENCE_DB : sound.levelDb()
    level.value = Math.max(0, Math.min(1, 1 - db / METER_FLOOR_DB))
    if (isHeard(db) && echoResult.value !== 'testing' && !isHeard(peakDb)) memory.keep({ heard: microphoneId() })
    if (echoResult.value !== 'testing') peakDb = Math.max(peakDb, db)
    microphone.value = same(microphone.value, microphoneCheck({ ...audio, peakDb, openMs: nowMs - openedAtMs.audio }))
    const seen = picture.value === null ? { quietMs: null, luma: 0 } : probe.look(picture.value, nowMs)
    camera.value = same(camera.value, cameraCheck({ ...video, ...seen, openMs: nowMs - openedAtMs.video }))
  }

  /** Asks for the devices, once; the first time the browser asks its person. */
  async function open(): Promise<void> {
    if (sound !== null) return
    sound = new SoundDesk()
    timer = setInterval(look, LOOK_MS)
    await media.open()
  }

  async function choose(kind: MediaKind, deviceId: string): Promise<void> {
    memory.keep(kind === 'audio' ? { microphone: deviceId } : { camera: deviceId })
    note.value = null
    await media.choose(kind, deviceId)
  }

  function chooseSpeaker(deviceId: string): void {
    speaker.value = deviceId
    memory.keep({ speaker: deviceId })
    echoResult.value = memory.echoOf(microphoneId(), deviceId)
  }

  async function testEcho(): Promise<void> {
    if (sound === null || echoResult.value === 'testing') return
    echoResult.value = 'testing'
    const heard = await sound.echoes(speaker.value)
    echoResult.value = heard === null ? 'no-sound' : heard ? 'heard' : 'silent'
    if (echoResult.value === 'heard' || echoResult.value === 'silent') memory.keepEcho(microphoneId(), speaker.value, echoResult.value)
  }

  /** Browsers start sound from a gesture only. */
  function touch(): void {
    void sound?.resume()
  }

  function close(): void {
    if (timer !== null) clearInterval(timer)
    timer = null
    media.close()
    void sound?.close()
    sound = null
  }
  onScopeDispose(close)

  return {
    view,
    note,
    level,
    speaker,
    camera,
    microphone,
    echo,
    echoResult,
    open,
    choose,
    chooseSpeaker,
    testEcho,
    touch,
    close,
    turn: (kind: MediaKind, off: boolean) => media.switch(kind, off),
    apply: (wish: Wish) => media.apply(wish),
  }
}

function same(before: CheckView, now: CheckView): CheckView {
  return before.verdict === now.verdict && before.why === now.why ? before : now
}
