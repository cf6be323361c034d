import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { ErrorInfo, Result } from '../../../electron/shared/errors'
import type { StudioVerb, VerbArgs, VerbValue } from '../../../electron/shared/ipc'
import { isOnAir } from '../../../electron/shared/session'
import { applyPatch, type Notice, type Snapshot } from '../../../electron/shared/snapshot'

const SAME_WITHIN_MS = 30_000
type Args<V extends StudioVerb> = VerbArgs<V> extends undefined ? [] : [VerbArgs<V>]

/** Main's state as the studio shows it, and the verbs that change it. Nothing is decided here. */
export const useDesk = defineStore('desk', () => {
  const snapshot = shallowRef<Snapshot | null>(null)
  /** Why there is no state to show. */
  const loadError = shallowRef<ErrorInfo | null>(null)
  /** What main refused, newest last. Ids are negative: those of main's own notices are not. */
  const refusals = shallowRef<readonly Notice[]>([])
  let stop: (() => void) | null = null
  let lastId = 0

  /** The room is that of a rehearsal. */
  const rehearsing = computed(() => !['off', 'over'].includes(snapshot.value?.rehearsal.name ?? 'off'))

  async function load(): Promise<void> {
    const result = await window.anchor.call('state.get')
    loadError.value = result.ok ? null : result.error
    if (result.ok) snapshot.value = result.value
  }

  /** Listens for patches; a gap in their versions asks for the whole again. */
  async function open(): Promise<void> {
    stop = window.anchor.onPatch((patch) => {
      const current = snapshot.value
      if (current === null || patch.version <= current.version) return
      if (patch.version === current.version + 1) snapshot.value = applyPatch(current, patch)
      else void load()
    })
    await load()
  }

  function close(): void {
    stop?.()
    stop = null
  }

  /** Calls main for somebody who shows a refusal himself, where it belongs. */
  function ask<V extends StudioVerb>(verb: V, ...args: Args<V>): Promise<Result<VerbValue<V>>> {
    return window.anchor.call(verb, ...args)
  }

  /** Calls main; a refusal is shown as a toast. */
  async function call<V extends StudioVerb>(verb: V, ...args: Args<V>): Promise<Result<VerbValue<V>>> {
    const result = await ask(verb, ...args)
    if (!result.ok) refused(result.error)
    return result
  }

  function refused(error: ErrorInfo): void {
    const atMs = Date.now()
    const same = refusals.value.find((one) => one.error.code === error.code && atMs - one.atMs < SAME_WITHIN_MS)
    const rest = refusals.value.filter((one) => one !== same)
    refusals.value = [...rest, { id: same?.id ?? --lastId, atMs, error, count: (same?.count ?? 0) + 1 }]
  }

  /** Everything that waits to be told, oldest first. */
  const notices = computed(() => [...(snapshot.value?.notices ?? []), ...refusals.value].sort((a, b) => a.atMs - b.atMs))

  async function dismiss(id: number): Promise<void> {
    if (id < 0) refusals.value = refusals.value.filter((one) => one.id !== id)
    else await ask('notice.dismiss', { id })
  }

  const onAir = computed(() => snapshot.value !== null && isOnAir(snapshot.value.session))

  return { snapshot, loadError, notices, onAir, rehearsing, open, close, load, ask, call, dismiss }
})
