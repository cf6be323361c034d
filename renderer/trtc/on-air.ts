import type { TRTCPublishTarget } from 'trtc-electron-sdk'
import type { DestinationStatus } from '../../electron/shared/destination'
import { assertNever } from '../../electron/shared/errors'
import type { TrtcTarget, TrtcTicket } from '../../electron/shared/trtc'
import { listen } from './cloud-events'
import { meaningOf, warningName } from './codes'
import { ROLE_ANCHOR, SCENE_LIVE } from './constants'
import { every, type PageTime } from './page-time'
import type { PublishPlan } from './publish-plan'
import { NO_RELAY, relayDueAtMs, stepRelay, type RelayEvent, type RelayState } from './relay-machine'
import type { Cloud, Sdk } from './sdk'
import { OUT, stepSession, type SessionEvent, type SessionState } from './session-machine'

export interface OnAirOptions {
  readonly sdk: Pick<Sdk, 'TRTCParams'>
  readonly cloud: Cloud
  readonly time: PageTime
  /** Whether there is a picture; without one the first sound is the first media. */
  readonly hasPicture: () => boolean
  readonly onChange: () => void
  /** The room is left, and the next entry (if any) is about to come. */
  readonly onLeft: () => void
  /** Nothing but a fresh process helps. */
  readonly onStuck: (reason: string) => void
  readonly log: (level: 'info' | 'warn', message: string) => void
}

const SEI_EVERY_MS = 1_000
/** WARNING_IGNORE_UPSTREAM_FOR_AUDIENCE */
const TAKEN_FOR_AUDIENCE = 6001

/** The room and the cloud's publishing task: the two machines, and the calls and events that drive them. */
export class OnAir {
  readonly #options: OnAirOptions
  readonly #stopListening: () => void
  #session: SessionState = OUT
  #relay: RelayState = NO_RELAY
  #target: TrtcTarget | null = null
  #program = false
  #plan: PublishPlan | null = null
  #cancelTimer: () => void = () => undefined
  #stopSei: (() => void) | null = null

  constructor(options: OnAirOptions) {
    this.#options = options
    this.#stopListening = listen(options.cloud, {
      onEnterRoom: (result) => this.#sessionStep({ type: 'entered', result }),
      onExitRoom: (reason) => this.#sessionStep({ type: 'exited', reason }),
      onSendFirstLocalVideoFrame: () => this.#sessionStep({ type: 'media-sent' }),
      onSendFirstLocalAudioFrame: () => {
        if (!options.hasPicture()) this.#sessionStep({ type: 'media-sent' })
      },
      onConnectionLost: () => this.#sessionStep({ type: 'connection-lost' }),
      onConnectionRecovery: () => this.#sessionStep({ type: 'recovered' }),
      onError: (code) => {
        const { scope, error } = meaningOf(code)
        options.log('warn', `the SDK says ${code} (${error.context['reason'] ?? ''})`)
        if (scope === 'room') this.#sessionStep({ type: 'error', code })
      },
      onWarning: (code) => {
        options.log('info', `the SDK warns ${code} (${warningName(code)})`)
        if (code === TAKEN_FOR_AUDIENCE) this.#sessionStep({ type: 'taken-for-audience' })
      },
      onStartPublishMediaStream: (taskId, code) => this.#relayStep({ type: 'started', taskId, code }),
      onUpdatePublishMediaStream: (taskId, code) => this.#relayStep({ type: 'updated', taskId, code }),
      onStopPublishMediaStream: (taskId, code) => this.#relayStep({ type: 'stopped', taskId, code }),
      onCdnStreamStateChanged: (url, status, code) => this.#relayStep({ type: 'cdn', url, status, code }),
    })
  }

  get session(): SessionState {
    return this.#session
  }

  get relay(): RelayState {
    return this.#relay
  }

  /** Media of ours is in the room. */
  get publishing(): boolean {
    return this.#session.phase === 'in' && this.#session.sent && this.#session.lostAtMs === null
  }

  get inRoom(): boolean {
    return this.#session.phase === 'in'
  }

  /** Nothing is wanted, and the room is left. */
  get idle(): boolean {
    return this.#session.phase === 'out'
  }

  setTarget(target: TrtcTarget | null): void {
    this.#target = target
    this.#sync()
  }

  setProgram(on: boolean): void {
    this.#program = on
    this.#sync()
  }

  /** What the cloud is to push when there is something; changes while it does are updates. */
  setPlan(plan: PublishPlan | null): void {
    this.#plan = plan
    this.#sync()
  }

  tryNow(): void {
    this.#sessionStep({ type: 'try-now' })
    this.#relayStep({ type: 'try-now' })
  }

  close(): void {
    this.#stopListening()
    this.#cancelTimer()
    this.#stopSei?.()
  }

  get #ticket(): TrtcTicket | null {
    return this.#program ? (this.#target?.ticket ?? null) : null
  }

  /** The task first, then the room: a task that outlives its anchor shows viewers a frozen picture. */
  #sync(): void {
    if (this.#ticket !== null) {
      if (!same(this.#session.wanted, this.#ticket)) this.#sessionStep({ type: 'want', ticket: this.#ticket })
      if (this.publishing) this.#relayWant(this.#plan)
      return
    }
    this.#relayWant(null)
    if (this.#relay.phase === 'none' && this.#session.wanted !== null) this.#sessionStep({ type: 'want', ticket: null })
  }

  #relayWant(plan: PublishPlan | null): void {
    if (this.#relay.wanted !== plan) this.#relayStep({ type: 'want', plan })
  }

  #sessionStep(event: SessionEvent): void {
    const before = this.#session
    const { state, effects } = stepSession(before, event, this.#options.time.nowMs())
    this.#session = state
    if (before.used !== null && (state.used === null || effects.some(({ type }) => type === 'enter'))) this.#options.onLeft()
    for (const effect of effects) {
      switch (effect.type) {
        case 'enter':
          this.#enter(effect.ticket)
          break
        case 'exit':
          this.#options.cloud.exitRoom()
          break
        case 'be-anchor':
          this.#options.cloud.switchRole(ROLE_ANCHOR, effect.privateMapKey)
          break
        case 'stuck':
          this.#options.onStuck('the SDK does not leave the room')
          break
        default:
          assertNever(effect)
      }
    }
    if (state === before) return
    if (before.phase === 'in' && state.phase !== 'in') this.#relayStep({ type: 'room-left' })
    this.#changed()
  }

  #relayStep(event: RelayEvent): void {
    const before = this.#relay
    const { state, effects } = stepRelay(before, event, this.#options.time.nowMs())
    this.#relay = state
    const { cloud } = this.#options
    for (const effect of effects) {
      switch (effect.type) {
        case 'start':
          cloud.startPublishMediaStream(effect.plan.target as TRTCPublishTarget, effect.plan.params, effect.plan.config)
          break
        case 'update':
          cloud.updatePublishMediaStream(effect.taskId, effect.plan.target as TRTCPublishTarget, effect.plan.params, effect.plan.config)
          break
        case 'stop':
          cloud.stopPublishMediaStream(effect.taskId)
          break
        default:
          assertNever(effect)
      }
    }
    if (state !== before) this.#changed()
  }

  #changed(): void {
    this.#sync()
    this.#setTimer()
    if (this.publishing && this.#stopSei === null) this.#stopSei = every(this.#options.time, SEI_EVERY_MS, () => this.#sendTime())
    if (!this.publishing && this.#stopSei !== null) {
      this.#stopSei()
      this.#stopSei = null
    }
    this.#options.onChange()
  }

  #setTimer(): void {
    this.#cancelTimer()
    const times = [this.#session.dueAtMs, relayDueAtMs(this.#relay)].filter((at) => at !== null)
    this.#cancelTimer =
      times.length === 0
        ? () => undefined
        : this.#options.time.after(Math.max(0, Math.min(...times) - this.#options.time.nowMs()), () => {
            this.#sessionStep({ type: 'time' })
            this.#relayStep({ type: 'time' })
            this.#setTimer()
          })
  }

  #enter(ticket: TrtcTicket): void {
    const { sdk, cloud } = this.#options
    // Who may be seen and heard is said for each: nobody comes in unasked. Has to stand before the entry.
    cloud.setDefaultStreamRecvMode(false, false)
    const params = new sdk.TRTCParams()
    params.sdkAppId = ticket.sdkAppId
    params.userId = ticket.userId
    params.userSig = ticket.userSig
    // The number would win over the string.
    params.roomId = 0
    params.strRoomId = ticket.roomId
    params.role = ROLE_ANCHOR
    params.privateMapKey = ticket.privateMapKey
    // Comes back in the callbacks of cloud recording, where the room's name can be one.
    if (/^[A-Za-z0-9_-]{1,64}$/.test(ticket.roomId)) params.userDefineRecordId = ticket.roomId
    cloud.enterRoom(params, SCENE_LIVE)
  }

  /** Viewers of the relayed stream line up quizzes and clocks by it. */
  #sendTime(): void {
    this.#options.cloud.sendSEIMsg(new TextEncoder().encode(JSON.stringify({ t: this.#options.time.nowMs() })), 1)
  }
}

function same(a: TrtcTicket | null, b: TrtcTicket): boolean {
  return a !== null && JSON.stringify(a) === JSON.stringify(b)
}

/** What the viewers get, of all that is told. */
export function onAirOf(destinations: readonly DestinationStatus[]): 'nothing' | 'program' {
  return destinations.some(({ state }) => state === 'publishing') ? 'program' : 'nothing'
}
