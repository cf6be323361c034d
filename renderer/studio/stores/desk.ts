import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { ErrorInfo, Result } from '../../../electron/shared/errors'
import type { StudioVerb, VerbArgs, VerbValue } from '../../../electron/shared/ipc'
import { isOnAir } from '../../../electron/shared/session'
import { applyPatch, type Snapshot } from '../../../electron/shared/snapshot'

/** Main's state as the studio shows it, and the verbs that change it. Nothing is decided here. */
export const useDesk = defineStore('desk', () => {
  const snapshot = shallowRef<Snapshot | null>(null)
  const lastError = shallowRef<ErrorInfo | null>(null)
  let stop: (() => void) | null = null

  async function load(): Promise<void> {
    const result = await window.anchor.call('state.get')
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

  /** Calls main; a refusal is kept for the one who shows it. */
  async function call<V extends StudioVerb>(verb: V, ...args: VerbArgs<V> extends undefined ? [] : [VerbArgs<V>]): Promise<Result<VerbValue<V>>> {
    const result = await window.anchor.call(verb, ...args)
    lastError.value = result.ok ? null : result.error
    return result
  }

  const onAir = computed(() => snapshot.value !== null && isOnAir(snapshot.value.session))

  return { snapshot, lastError, onAir, open, close, load, call }
})
