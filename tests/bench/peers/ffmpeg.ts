import { spawn, type ChildProcess } from 'node:child_process'

export interface FfmpegOptions {
  readonly display: string
  readonly url: string
  readonly width: number
  readonly height: number
  readonly fps: number
  readonly bitrateKbps: number
}

/** Debian's ffmpeg doing the same work as a child process: grabs the screen, lays a 480×270 box on it, x264 veryfast, AAC, RTMP. */
export function startFfmpeg(options: FfmpegOptions): ChildProcess {
  const { width, height, fps, bitrateKbps } = options
  return spawn(
    'ffmpeg',
    [
      ['-hide_banner', '-loglevel', 'error', '-nostdin'],
      ['-f', 'x11grab', '-framerate', `${fps}`, '-video_size', `${width}x${height}`, '-i', options.display],
      ['-f', 'lavfi', '-i', 'sine=frequency=1000:sample_rate=48000'],
      ['-filter_complex', `color=c=green:s=480x270:r=${fps}[box];[0:v][box]overlay=1400:780,format=yuv420p[v]`, '-map', '[v]', '-map', '1:a'],
      ['-c:v', 'libx264', '-preset', 'veryfast', '-tune', 'zerolatency', '-bf', '0', '-g', `${fps * 2}`],
      ['-b:v', `${bitrateKbps}k`, '-maxrate', `${bitrateKbps}k`, '-bufsize', `${bitrateKbps}k`],
      ['-c:a', 'aac', '-b:a', '160k', '-ac', '2', '-f', 'flv', options.url],
    ].flat(),
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
}
