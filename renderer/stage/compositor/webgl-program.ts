import type { Item } from './engine'

const VERTEX = `#version 300 es
in vec2 corner;
uniform vec4 target;
uniform mat3 toSource;
out vec2 position;
void main() {
  // Corner (0, 0) is the top left of the box; the program's y points down, GL's up.
  vec2 at = target.xy + corner * target.zw;
  gl_Position = vec4(at.x * 2.0 - 1.0, 1.0 - at.y * 2.0, 0.0, 1.0);
  position = (toSource * vec3(corner, 1.0)).xy;
}`

const FRAGMENT = `#version 300 es
precision mediump float;
precision highp sampler2D;
in highp vec2 position;
uniform sampler2D picture;
uniform float opacity;
uniform bool opaquePicture;
out vec4 colour;
void main() {
  vec4 pixel = texture(picture, position);
  if (opaquePicture) pixel.a = 1.0;
  // Textures are premultiplied, and so is the blending.
  colour = pixel * opacity;
}`

function compile(gl: WebGL2RenderingContext, type: number, source: string): WebGLShader {
  const shader = gl.createShader(type)
  if (!shader) throw new Error('WebGL2: no shader')
  gl.shaderSource(shader, source)
  gl.compileShader(shader)
  if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS) && !gl.isContextLost()) {
    throw new Error(`WebGL2: ${gl.getShaderInfoLog(shader) ?? 'shader failed'}`)
  }
  return shader
}

/** The one shader: a textured quad per layer. */
export class LayerShader {
  readonly #gl: WebGL2RenderingContext
  readonly #uniforms: Record<'target' | 'toSource' | 'opacity' | 'opaquePicture', WebGLUniformLocation | null>

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl
    const program = gl.createProgram()
    gl.attachShader(program, compile(gl, gl.VERTEX_SHADER, VERTEX))
    gl.attachShader(program, compile(gl, gl.FRAGMENT_SHADER, FRAGMENT))
    gl.bindAttribLocation(program, 0, 'corner')
    gl.linkProgram(program)
    if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
      throw new Error(`WebGL2: ${gl.getProgramInfoLog(program) ?? 'link failed'}`)
    }
    gl.useProgram(program)
    const location = (name: string): WebGLUniformLocation | null => gl.getUniformLocation(program, name)
    this.#uniforms = {
      target: location('target'),
      toSource: location('toSource'),
      opacity: location('opacity'),
      opaquePicture: location('opaquePicture'),
    }
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer())
    gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([0, 0, 1, 0, 0, 1, 1, 1]), gl.STATIC_DRAW)
    gl.enableVertexAttribArray(0)
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0)
    gl.enable(gl.BLEND)
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA)
  }

  /** Draws the bound texture. */
  draw({ placement, stored, opacity }: Item, programWidth: number, programHeight: number): void {
    const gl = this.#gl
    const { source, orientation, target } = placement
    gl.uniform4f(this.#uniforms.target, target.x / programWidth, target.y / programHeight, target.width / programWidth, target.height / programHeight)
    gl.uniformMatrix3fv(this.#uniforms.toSource, false, toSource(source, orientation, stored))
    gl.uniform1f(this.#uniforms.opacity, opacity / 256)
    gl.uniform1i(this.#uniforms.opaquePicture, stored.opaque ? 1 : 0)
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4)
  }
}

/** Box position (0–1, y down) → texture position (0–1), column by column. */
export function toSource(
  source: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  { transpose, flipX, flipY }: { readonly transpose: boolean; readonly flipX: boolean; readonly flipY: boolean },
  picture: { readonly width: number; readonly height: number },
): number[] {
  const x0 = source.x / picture.width
  const y0 = source.y / picture.height
  const dx = source.width / picture.width
  const dy = source.height / picture.height
  // Along the box's x runs the source's x, or its y when transposed; a flip starts at the far end.
  if (transpose) return [0, flipX ? -dy : dy, 0, flipY ? -dx : dx, 0, 0, flipY ? x0 + dx : x0, flipX ? y0 + dy : y0, 1]
  return [flipX ? -dx : dx, 0, 0, 0, flipY ? -dy : dy, 0, flipX ? x0 + dx : x0, flipY ? y0 + dy : y0, 1]
}
