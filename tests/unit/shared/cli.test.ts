import { describe, expect, it } from 'vitest'
import { parseCommandLine } from '../../../electron/shared/cli'

describe('the command line', () => {
  it('reads every flag, with a space or an equals sign', () => {
    const parsed = parseCommandLine(
      '--go-live --destination rtmp://a/live/1 --destination=rtmps://b/live/2 --source screen --resolution=1080p --fps 60 --bitrate 6000 --data-dir d --http-port 0 --rtmp-port 1936 --quit-after 60 --minimized'.split(
        ' ',
      ),
    )
    expect(parsed).toEqual({
      kind: 'run',
      options: {
        goLive: true,
        destinations: ['rtmp://a/live/1', 'rtmps://b/live/2'],
        source: 'screen',
        resolution: '1080p',
        fps: 60,
        bitrateKbps: 6_000,
        dataDir: 'd',
        trtcSdk: null,
        httpPort: 0,
        rtmpPort: 1_936,
        quitAfterSeconds: 60,
        minimized: true,
        join: null,
      },
    })
  })

  it.each([
    [['--fly'], 'unknown option --fly'],
    [['--fps', '99'], '--fps takes a whole number from 10 to 60, not "99"'],
    [['--fps', '1e1'], '--fps takes a whole number from 10 to 60, not "1e1"'],
    [['--fps'], '--fps needs a value'],
    [['--source', '--go-live'], '--source needs a value'],
    [['--source', 'tv'], '--source takes camera, screen, test-card, not "tv"'],
    [['--fps', '30', '--fps', '30'], '--fps was given twice'],
    [['--http-port', '65536'], '--http-port takes a whole number from 0 to 65535, not "65536"'],
    [['show.txt'], 'unexpected "show.txt"'],
    [['--constructor', '1'], 'unknown option --constructor'],
    [['--use-x'], 'unknown option --use-x'],
    [['--enable-share'], 'unknown option --enable-share'],
    [['--host-x=1'], 'unknown option --host-x'],
    [['--log-file=x'], 'unknown option --log-file'],
    [['--no-sandboxes'], 'unknown option --no-sandboxes'],
  ])('%j: %s', (argv, message) => {
    expect(parseCommandLine(argv)).toEqual({ kind: 'error', message })
  })

  it('never repeats a bad address: it may hold a key', () => {
    const parsed = parseCommandLine(['--destination', 'http://host/secret'])
    expect(parsed.kind === 'error' ? parsed.message : 'secret').not.toContain('secret')
  })

  it('leaves the switches of launchers alone', () => {
    const theirs = ['--no-sandbox', '--inspect=0', '--remote-debugging-port=0', '--use-fake-device-for-media-stream', '--password-store=gnome-libsecret']
    expect(parseCommandLine(theirs).kind).toBe('run')
  })

  it('takes a co-anchor’s link, and does not repeat one that is not whole', () => {
    expect(parseCommandLine(['anchordesk://10.0.0.7:8360/guest/?room=program#invite=abc'])).toMatchObject({
      options: { join: { host: '10.0.0.7:8360', invite: 'abc' } },
    })
    const bad = parseCommandLine(['anchordesk://10.0.0.7/guest/#invite=secret'])
    expect(bad.kind).toBe('error')
    expect(JSON.stringify(bad)).not.toContain('secret')
  })
})
