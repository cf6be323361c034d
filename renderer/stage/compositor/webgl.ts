import { i420Views, rgbaToI420 } from './colour'
import { EngineLostError, PictureError, type Item, type ProgramEngine } from './engine'
import { isStill } from './picture-store'
import { LayerShader } from './webgl-program'

interface Texture {
  readonly texture: WebGLTexture
  version: number
}

/**
 * The program on an OffscreenCanvas: one textured quad per layer. For machines with a GPU, where the frames of a canvas
 * reach the encoder without leaving it. The browser converts colours when a frame becomes a texture.
 */
class WebglEngine implements ProgramEngine {
  readonly engine = 'webgl2'
  readonly #canvas: OffscreenCanvas
  readonly #gl: WebGL2RenderingContext
  readonly #shader: LayerShader
  readonly #textures = new Map<string, Texture>()
  #painted: readonly Item[] = []
  #small: { framebuffer: WebGLFramebuffer; renderbuffer: WebGLRenderbuffer; width: number; height: number } | null = null

  constructor(canvas: OffscreenCanvas, gl: WebGL2RenderingContext) {
    this.#canvas = canvas
    this.#gl = gl
    this.#shader = new LayerShader(gl)
  }

  setSize(width: number, height: number): void {
    this.#canvas.width = width
    this.#canvas.height = height
  }

  paint(items: readonly Item[]): Promise<void> {
    this.#render(items, null)
    this.#painted = items
    return this.#gl.isContextLost() ? Promise.reject(new EngineLostError('the WebGL2 context was lost')) : Promise.resolve()
  }

  frame(timestampUs: number): VideoFrame {
    return new VideoFrame(this.#canvas, { timestamp: timestampUs, alpha: 'discard' })
  }

  preview(width: number, height: number, out: Uint8Array<ArrayBuffer>): void {
    const gl = this.#gl
    this.#render(this.#painted, { width, height })
    const bottomUp = new Uint8ClampedArray(width * height * 4)
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(bottomUp.buffer))
    gl.bindFramebuffer(gl.FRAMEBUFFER, null)
    const pixels = new Uint8ClampedArray(bottomUp.length)
    for (let y = 0; y < height; y++) pixels.set(bottomUp.subarray((height - 1 - y) * width * 4, (height - y) * width * 4), y * width * 4)
    rgbaToI420(pixels, width, height, i420Views(out, width, height))
  }

  forget(id: string): void {
    this.#gl.deleteTexture(this.#textures.get(id)?.texture ?? null)
    this.#textures.delete(id)
  }

  dispose(): void {
    for (const id of [...this.#textures.keys()]) this.forget(id)
    this.#dropSmall()
    this.#gl.getExtension('WEBGL_lose_context')?.loseContext()
  }

  /** Into the canvas, or into a framebuffer of `size`. */
  #render(items: readonly Item[], size: { width: number; height: number } | null): void {
    const gl = this.#gl
    for (const item of items) {
      try {
        this.#upload(item)
      } catch (cause) {
        throw new PictureError(item.id, cause)
      }
    }
    gl.bindFramebuffer(gl.FRAMEBUFFER, size && this.#framebuffer(size.width, size.height))
    gl.viewport(0, 0, size?.width ?? this.#canvas.width, size?.height ?? this.#canvas.height)
    gl.clearColor(0, 0, 0, 1)
    gl.clear(gl.COLOR_BUFFER_BIT)
    // What lies outside a layer's clip is not drawn; GL counts from below.
    const scale = { x: (size?.width ?? this.#canvas.width) / this.#canvas.width, y: (size?.height ?? this.#canvas.height) / this.#canvas.height }
    gl.enable(gl.SCISSOR_TEST)
    for (const item of items) {
      const { clip } = item.placement
      const below = this.#canvas.height - clip.y - clip.height
      gl.scissor(Math.round(clip.x * scale.x), Math.round(below * scale.y), Math.round(clip.width * scale.x), Math.round(clip.height * scale.y))
      gl.bindTexture(gl.TEXTURE_2D, this.#textures.get(item.id)?.texture ?? null)
      this.#shader.draw(item, this.#canvas.width, this.#canvas.height)
    }
    gl.disable(gl.SCISSOR_TEST)
  }

  #upload({ id, stored }: Item): void {
    const gl = this.#gl
    let entry = this.#textures.get(id)
    if (entry?.version === stored.version) return
    if (!entry) {
      entry = { texture: gl.createTexture(), version: 0 }
      this.#textures.set(id, entry)
    }
    gl.bindTexture(gl.TEXTURE_2D, entry.texture)
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE)
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE)
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.LINEAR)
    // Mipmaps: a picture that is scaled down by more than 2 would alias otherwise.
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR)
    const { picture } = stored
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, !stored.opaque)
    if (isStill(picture)) {
      const image = new ImageData(new Uint8ClampedArray(picture.data), picture.width, picture.height)
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, image)
    } else {
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, picture)
    }
    gl.generateMipmap(gl.TEXTURE_2D)
    entry.version = stored.version
  }

  #framebuffer(width: number, height: number): WebGLFramebuffer {
    const gl = this.#gl
    if (this.#small?.width === width && this.#small.height === height) return this.#small.framebuffer
    this.#dropSmall()
    const framebuffer = gl.createFramebuffer()
    const renderbuffer = gl.createRenderbuffer()
    gl.bindRenderbuffer(gl.RENDERBUFFER, renderbuffer)
    gl.renderbufferStorage(gl.RENDERBUFFER, gl.RGBA8, width, height)
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer)
    gl.framebufferRenderbuffer(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.RENDERBUFFER, renderbuffer)
    this.#small = { framebuffer, renderbuffer, width, height }
    return framebuffer
  }

  #dropSmall(): void {
    if (!this.#small) return
    this.#gl.deleteFramebuffer(this.#small.framebuffer)
    this.#gl.deleteRenderbuffer(this.#small.renderbuffer)
    this.#small = null
  }
}

const ATTRIBUTES: WebGLContextAttributes = {
  alpha: false,
  antialias: false,
  depth: false,
  stencil: false,
  // `new VideoFrame(canvas)` may read after the task that drew has ended.
  preserveDrawingBuffer: true,
  powerPreference: 'high-performance',
}

/** null without WebGL2. */
export function createWebglEngine(width: number, height: number): ProgramEngine | null {
  const canvas = new OffscreenCanvas(width, height)
  const gl = canvas.getContext('webgl2', ATTRIBUTES)
  return gl && new WebglEngine(canvas, gl)
}

/** Name of the GPU's renderer, for the log; null without WebGL2. */
export function webglRenderer(): string | null {
  const gl = new OffscreenCanvas(1, 1).getContext('webgl2')
  if (!gl) return null
  const name: unknown = gl.getParameter(gl.getExtension('WEBGL_debug_renderer_info')?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER)
  gl.getExtension('WEBGL_lose_context')?.loseContext()
  return String(name)
}
