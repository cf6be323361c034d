import { mount, type VueWrapper } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { vi } from 'vitest'
import type { Component } from 'vue'
import type { AnchorBridge } from '../../../../electron/shared/ipc'
import type { Result } from '../../../../electron/shared/errors'
import type { Snapshot, StatePatch } from '../../../../electron/shared/snapshot'
import { i18n } from '../../../../renderer/studio/i18n'
import { useDesk } from '../../../../renderer/studio/stores/desk'

export interface FakeMain {
  /** What was asked, in order. */
  readonly calls: { readonly verb: string; readonly args: unknown }[]
  /** Answers by verb; the others answer nothing. */
  readonly answers: Map<string, Result<unknown>>
  patch(patch: StatePatch): void
  listeners(): number
}

/** A main that writes down what it is asked. */
export function fakeMain(snapshot: Snapshot): FakeMain {
  const calls: FakeMain['calls'] = []
  const answers = new Map<string, Result<unknown>>([['state.get', { ok: true, value: snapshot }]])
  const listeners = new Set<(patch: StatePatch) => void>()
  const bridge = {
    call: (verb: string, args?: unknown) => {
      calls.push({ verb, args })
      return Promise.resolve(answers.get(verb) ?? { ok: true, value: null })
    },
    onPatch: (listener: (patch: StatePatch) => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  vi.stubGlobal('anchor', bridge as unknown as AnchorBridge)
  return { calls, answers, patch: (patch) => listeners.forEach((listener) => listener(patch)), listeners: () => listeners.size }
}

/** Mounts a component of the studio in the document, with a store that holds the state already. */
export async function mounted(component: Component, snapshot: Snapshot, props: Record<string, unknown> = {}): Promise<{ wrapper: VueWrapper; main: FakeMain }> {
  const main = fakeMain(snapshot)
  const pinia = createPinia()
  setActivePinia(pinia)
  await useDesk().open()
  const wrapper = mount(component, { props: { snapshot, ...props }, global: { plugins: [pinia, i18n] }, attachTo: document.body })
  return { wrapper, main }
}

/** The control of a role with this name, as a screen reader finds it. @throws Error when there is none */
export function byName(selector: string, name: string | RegExp): HTMLElement {
  const all = [...document.querySelectorAll<HTMLElement>(selector)]
  const nameOf = (element: HTMLElement): string => element.getAttribute('aria-label') ?? element.closest('label')?.textContent ?? element.textContent ?? ''
  const found = all.find((element) => (typeof name === 'string' ? nameOf(element).trim() === name : name.test(nameOf(element))))
  if (found === undefined) throw new Error(`no ${selector} is called ${name}; there are: ${all.map(nameOf).join(' | ')}`)
  return found
}
