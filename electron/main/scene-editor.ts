import { AnchorError } from '../shared/errors'
import { sceneSchema, sourceSchema, type Scene, type Source } from '../shared/scene'

const STEPS = 50
/** Edits of the same field within this time are one step: a drag is undone as a whole. */
const MERGE_WITHIN_MS = 800

/** The scene with its undo history. Pure but for its memory: the caller saves and shows what it answers. */
export class SceneEditor {
  #scene: Scene
  #past: Scene[] = []
  #future: Scene[] = []
  #lastEdit = { key: '', atMs: 0 }

  constructor(scene: Scene) {
    this.#scene = scene
  }

  get scene(): Scene {
    return this.#scene
  }

  get canUndo(): boolean {
    return this.#past.length > 0
  }

  get canRedo(): boolean {
    return this.#future.length > 0
  }

  /** @throws AnchorError ipc.invalid for a doubled id or a full scene */
  add(source: Source, nowMs: number): void {
    if (this.#scene.sources.some((one) => one.id === source.id)) throw invalid('source.add')
    this.#edit({ sources: [...this.#scene.sources, source] }, `add ${source.id}`, nowMs)
  }

  /** @throws AnchorError ipc.invalid when there is no such source or the result would not be one */
  update(id: string, patch: Readonly<Record<string, unknown>>, nowMs: number): void {
    const before = this.#scene.sources.find((one) => one.id === id)
    const parsed = before === undefined ? null : sourceSchema.safeParse({ ...before, ...patch, id: before.id, kind: before.kind })
    if (parsed?.success !== true) throw invalid('source.update')
    this.#edit({ sources: this.#scene.sources.map((one) => (one.id === id ? parsed.data : one)) }, `update ${id} ${Object.keys(patch).sort().join(' ')}`, nowMs)
  }

  remove(id: string, nowMs: number): void {
    this.#edit({ sources: this.#scene.sources.filter((one) => one.id !== id) }, `remove ${id}`, nowMs)
  }

  /** @throws AnchorError ipc.invalid unless `ids` names each source once */
  reorder(ids: readonly string[], nowMs: number): void {
    const sources = ids.map((id) => this.#scene.sources.find((one) => one.id === id)).filter((one) => one !== undefined)
    if (sources.length !== this.#scene.sources.length || new Set(ids).size !== ids.length) throw invalid('source.reorder')
    this.#edit({ sources }, 'reorder', nowMs)
  }

  undo(): void {
    const before = this.#past.pop()
    if (before === undefined) return
    this.#future.push(this.#scene)
    this.#scene = before
    this.#lastEdit = { key: '', atMs: 0 }
  }

  redo(): void {
    const after = this.#future.pop()
    if (after === undefined) return
    this.#past.push(this.#scene)
    this.#scene = after
    this.#lastEdit = { key: '', atMs: 0 }
  }

  #edit(next: Scene, key: string, nowMs: number): void {
    const parsed = sceneSchema.safeParse(next)
    if (!parsed.success) throw invalid('scene')
    const merges = key === this.#lastEdit.key && nowMs - this.#lastEdit.atMs < MERGE_WITHIN_MS
    if (!merges) this.#past = [...this.#past.slice(-(STEPS - 1)), this.#scene]
    this.#future = []
    this.#lastEdit = { key, atMs: nowMs }
    this.#scene = parsed.data
  }
}

function invalid(channel: string): AnchorError {
  return new AnchorError('ipc.invalid', { context: { channel } })
}
