/**
 * Shows I420 pictures in a <video>. A canvas would hold every picture as RGBA in shared memory until it is collected
 * (370 MB at 1150×646 and 30 fps); the video path keeps a few in a pool and converts colours on the GPU where there is one.
 */
export class PictureTrack {
  readonly #track = new MediaStreamTrackGenerator({ kind: 'video' })
  readonly #writer = this.#track.writable.getWriter()
  readonly #video: HTMLVideoElement

  constructor(video: HTMLVideoElement) {
    this.#video = video
    video.srcObject = new MediaStream([this.#track])
  }

  /** @param data planes Y, U, V without padding; width and height are even */
  show(width: number, height: number, data: Uint8Array): void {
    const picture = new VideoFrame(data, {
      format: 'I420',
      codedWidth: width,
      codedHeight: height,
      timestamp: Math.round(performance.now() * 1_000),
      colorSpace: { matrix: 'bt709', primaries: 'bt709', transfer: 'bt709', fullRange: false },
    })
    void this.#writer.write(picture).catch(() => picture.close())
  }

  close(): void {
    this.#video.srcObject = null
    this.#track.stop()
  }
}
