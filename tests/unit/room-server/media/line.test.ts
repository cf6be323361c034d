import { EventEmitter } from 'node:events'
import type { WebSocket } from 'ws'
import { describe, expect, it } from 'vitest'
import { Line } from '../../../../electron/room-server/media/line'
import { LINE_TERMS } from '../../../../electron/room-server/media/line-time'
import { ManualTime } from '../../../fakes/manual-time'

class Socket extends EventEmitter {
  bufferedAmount = 0
  readonly did: string[] = []
  send = (text: string): void => void this.did.push(text)
  ping = (): void => void this.did.push('ping')
  close = (): void => void this.did.push('close')
  terminate = (): void => void this.did.push('terminate')
}

function open(): { socket: Socket; line: Line; time: ManualTime; heard: string[] } {
  const socket = new Socket()
  const time = new ManualTime()
  const heard: string[] = []
  const hooks = { heard: ({ type }: { type: string }) => void heard.push(type), gone: () => void heard.push('gone'), closed: () => void heard.push('closed') }
  return { socket, time, heard, line: new Line(socket as unknown as WebSocket, time, hooks) }
}
const hello = JSON.stringify({ type: 'hello', token: 't', as: 'stage' })

describe('a line', () => {
  it('cuts whoever does not read, and says nothing to him any more', () => {
    const { socket, line, heard } = open()
    socket.bufferedAmount = 1024 * 1024
    line.say({ type: 'talk', on: true })
    socket.bufferedAmount += 1
    line.say({ type: 'talk', on: false })
    line.say({ type: 'talk', on: true })
    expect(socket.did).toEqual(['{"type":"talk","on":true}', 'terminate'])
    expect(heard).toEqual(['gone'])
    expect(line.over).toBe(true)
  })

  it('hears nothing after its end, cuts who does not go, and leaves no timer', () => {
    const { socket, line, heard, time } = open()
    line.end('removed')
    line.end('replaced')
    socket.emit('message', Buffer.from(hello), false)
    time.pass(LINE_TERMS.goodbyeMs)
    expect(socket.did).toEqual(['{"type":"bye","reason":"removed"}', 'close', 'terminate'])
    socket.emit('close')
    expect(heard).toEqual(['gone', 'closed'])
    expect(time.waiting).toBe(0)
  })

  it('goes on while each third ping finds the first answered', () => {
    const { socket, line, time } = open()
    line.greeted()
    for (let round = 0; round < 10; round += 1) {
      time.pass(2 * LINE_TERMS.pingMs)
      socket.emit('pong')
    }
    expect(line.over).toBe(false)
    time.pass(3 * LINE_TERMS.pingMs)
    expect(line.over).toBe(true)
    expect(time.waiting).toBe(0)
  })

  it('says with each ping that it lives, to whoever has said hello', () => {
    const { socket, line, time } = open()
    time.pass(LINE_TERMS.pingMs - 1)
    line.greeted()
    time.pass(1)
    expect(socket.did).toEqual(['ping', '{"type":"alive"}'])
    socket.bufferedAmount = 1024 * 1024 + 1
    time.pass(LINE_TERMS.pingMs)
    expect([socket.did.slice(2), line.over, time.waiting]).toEqual([['ping', 'terminate'], true, 0])
  })

  it('takes 100 messages at once and 50 a second from then on', () => {
    const { socket, line, time, heard } = open()
    const say = (times: number): void => {
      for (let at = 0; at < times; at += 1) socket.emit('message', Buffer.from(hello), false)
    }
    say(100)
    time.pass(1_000)
    say(50)
    expect(line.over).toBe(false)
    say(1)
    expect(socket.did).toEqual(['{"type":"bye","reason":"too-fast"}', 'close'])
    expect(heard.filter((type) => type === 'hello')).toHaveLength(150)
  })
})
