import { shallowRef, type ShallowRef } from 'vue'
import type { ParsedPushUrl } from '../../electron/shared/destination'
import type { ErrorInfo } from '../../electron/shared/errors'
import { useDesk } from './stores/desk'

export interface PushAddress {
  readonly parsed: ShallowRef<ParsedPushUrl | null>
  readonly error: ShallowRef<ErrorInfo | null>
  /** Takes a pasted address apart; an empty one is neither right nor wrong. */
  read(url: string): Promise<void>
}

/** A pasted push address as main reads it. */
export function usePushAddress(): PushAddress {
  const desk = useDesk()
  const parsed = shallowRef<ParsedPushUrl | null>(null)
  const error = shallowRef<ErrorInfo | null>(null)

  async function read(url: string): Promise<void> {
    parsed.value = null
    error.value = null
    if (url.trim() === '') return
    const result = await desk.ask('destination.parseUrl', { url })
    if (result.ok) parsed.value = result.value
    else error.value = result.error
  }

  return { parsed, error, read }
}
