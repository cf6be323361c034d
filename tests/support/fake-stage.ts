import type { Page } from 'playwright-core'

/** What a page has as the stage: the calls that it answers, and what comes in by them. */
export interface StageFacts {
  readonly calls: number
  /** Of the picture that comes in by the latest call; 0 = none. */
  readonly height: number
  readonly frames: number
  /** Of the sound that comes in, dBFS. */
  readonly peakDb: number
  readonly checks: Readonly<Record<string, string>> | null
  readonly bye: string
}

declare global {
  interface Window {
    fakeStage?: { facts(): StageFacts; say(request: object): void; close(): void }
  }
}

/**
 * Makes a page the stage of a room: it answers each call with a moving picture and a tone of its own. The page has to come from the room server, as sockets of others are refused.
 */
export async function beStage(page: Page, room: string, token: string): Promise<void> {
  await page.evaluate(
    ([roomId, anchorToken]) => {
      const socket = new WebSocket(`ws://${location.host}/line?room=${roomId}`)
      const say = (request: object): void => socket.send(JSON.stringify(request))
      const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 })
      const picture = canvas.getContext('2d')
      let hue = 0
      setInterval(() => {
        if (picture === null) return
        picture.fillStyle = `hsl(${(hue += 3) % 360} 80% 50%)`
        picture.fillRect(0, 0, 640, 360)
      }, 33)
      const sound = new AudioContext()
      const out = sound.createMediaStreamDestination()
      const tone = sound.createOscillator()
      tone.frequency.value = 523
      tone.connect(out)
      tone.start()
      const analyser = sound.createAnalyser()
      const samples = new Float32Array(analyser.fftSize)
      const video = Object.assign(document.createElement('video'), { muted: true })
      const [program] = canvas.captureStream(30).getVideoTracks()
      const [mix] = out.stream.getAudioTracks()
      let [calls, checks, bye]: [number, Record<string, string> | null, string] = [0, null, '']
      let peer: RTCPeerConnection | null = null
      let [current, peakDb] = ['', -100]

      const answer = async (to: string, call: string, sdp: string): Promise<void> => {
        peer?.close()
        calls += 1
        current = call
        const mine = new RTCPeerConnection()
        peer = mine
        mine.onicecandidate = ({ candidate }) => {
          if (candidate === null) return say({ type: 'signal', to, call, signal: { candidate: null } })
          const { sdpMid, sdpMLineIndex, usernameFragment } = candidate
          if (candidate.candidate !== '')
            say({ type: 'signal', to, call, signal: { candidate: { candidate: candidate.candidate, sdpMid, sdpMLineIndex, usernameFragment } } })
        }
        const heard = new MediaStream()
        mine.ontrack = ({ track }) => {
          heard.addTrack(track)
          // Chromium decodes sound only for what plays it, muted or not.
          video.srcObject = heard
          void video.play()
          if (track.kind === 'audio') sound.createMediaStreamSource(new MediaStream([track])).connect(analyser)
        }
        await mine.setRemoteDescription({ type: 'offer', sdp })
        for (const transceiver of mine.getTransceivers()) {
          transceiver.direction = 'sendrecv'
          await transceiver.sender.replaceTrack((transceiver.receiver.track.kind === 'audio' ? mix : program) ?? null)
        }
        await mine.setLocalDescription(await mine.createAnswer())
        say({ type: 'signal', to, call, signal: { description: { type: 'answer', sdp: mine.localDescription?.sdp } } })
      }
      socket.onopen = () => say({ type: 'hello', token: anchorToken, as: 'stage' })
      socket.onmessage = ({ data }) => {
        const news = JSON.parse(String(data))
        if (news.type === 'bye') bye = news.reason
        if (news.type === 'checks') checks = news.checks
        if (news.type !== 'signal') return
        if ('description' in news.signal) void answer(news.from, news.call, news.signal.description.sdp)
        else if (news.call === current && news.signal.candidate !== null) void peer?.addIceCandidate(news.signal.candidate)
      }
      window.fakeStage = {
        facts: () => {
          analyser.getFloatTimeDomainData(samples)
          const peak = Math.max(...samples.map(Math.abs))
          peakDb = Math.max(peakDb, peak === 0 ? -100 : 20 * Math.log10(peak))
          return { calls, height: video.videoHeight, frames: video.getVideoPlaybackQuality().totalVideoFrames, peakDb, checks, bye }
        },
        say,
        close: () => socket.close(),
      }
    },
    [room, token] as const,
  )
}

export async function stageFacts(page: Page): Promise<StageFacts> {
  const facts = await page.evaluate(() => window.fakeStage?.facts() ?? null)
  if (facts === null) throw new Error('this page is no stage')
  return facts
}
