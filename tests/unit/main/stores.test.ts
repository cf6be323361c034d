import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SceneEditor } from '../../../electron/main/scene-editor'
import { SecretStore, type Cipher } from '../../../electron/main/secret-store'
import { SettingsStore } from '../../../electron/main/settings-store'
import { SnapshotStore } from '../../../electron/main/snapshot-store'
import { StateFile } from '../../../electron/main/state-file'
import { RestartBudget } from '../../../electron/main/supervised'
import type { ErrorInfo } from '../../../electron/shared/errors'
import { FULL_FRAME, type Source } from '../../../electron/shared/scene'
import { defaultSettings } from '../../../electron/shared/settings'
import type { StatePatch } from '../../../electron/shared/snapshot'

let folder: string
const problems: ErrorInfo[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'anchordesk-stores-'))
  problems.length = 0
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))
const open = (): SettingsStore => new SettingsStore({ folder, onProblem: (error) => problems.push(error) })

describe('settings', () => {
  it('hold over a restart', () => {
    const store = open()
    store.update({ title: 'Friday' })
    store.flush()
    expect(open().current.title).toBe('Friday')
    expect(problems).toEqual([])
  })

  it('come back from the last good copy when the file is broken, and the broken one is kept', () => {
    const store = open()
    for (const title of ['first', 'second']) {
      store.update({ title })
      store.flush()
    }
    writeFileSync(join(folder, 'settings.json'), '{"version":1,"title":')
    expect(open().current.title).toBe('first')
    expect(problems.map((one) => one.code)).toEqual(['settings.recovered'])
    expect(readFileSync(join(folder, 'settings.json.broken'), 'utf8')).toContain('"title":')
  })

  it('start afresh when both are broken, and nothing is thrown away', () => {
    writeFileSync(join(folder, 'settings.json'), 'garbage')
    writeFileSync(join(folder, 'settings.json.bak'), '{}')
    expect(open().current).toEqual(defaultSettings())
    expect(problems.map((one) => one.code)).toEqual(['settings.reset'])
    expect(existsSync(join(folder, 'settings.json.broken'))).toBe(true)
  })

  it('that cannot be written are told and stay in force', () => {
    const store = open()
    rmSync(folder, { recursive: true })
    store.update({ title: 'kept' })
    store.flush()
    expect(store.current.title).toBe('kept')
    expect(problems.map((one) => one.code)).toEqual(['settings.write-failed'])
  })
})

const cipher = (available: boolean): Cipher => ({
  isAvailable: () => available,
  encrypt: (text) => Buffer.from(text.split('').reverse().join(''), 'utf16le'),
  decrypt: (bytes) => bytes.toString('utf16le').split('').reverse().join(''),
})

describe('secrets', () => {
  it('hold over a restart, never in the clear', () => {
    new SecretStore(folder, cipher(true)).set('a', 'stream-key')
    expect(new SecretStore(folder, cipher(true)).get('a')).toBe('stream-key')
    expect(readFileSync(join(folder, 'secrets.bin')).includes('stream-key')).toBe(false)
  })

  it('without a key store live until the app quits and touch no disk', () => {
    const store = new SecretStore(folder, cipher(false))
    store.set('a', 'stream-key')
    expect(store.get('a')).toBe('stream-key')
    expect(store.kept).toBe(false)
    expect(existsSync(join(folder, 'secrets.bin'))).toBe(false)
  })
})

describe('the state file', () => {
  it('offers to resume only what ended while live', () => {
    const file = new StateFile(folder, () => undefined)
    expect(file.resumeOffer()).toBeNull()
    file.write('clean_exit', 'Friday', 1)
    expect(file.resumeOffer()).toBeNull()
    file.write('live', 'Friday', 2)
    expect(file.resumeOffer()).toEqual({ title: 'Friday', lastLiveAtMs: 2 })
    writeFileSync(join(folder, 'state.json'), 'garbage')
    expect(file.resumeOffer()).toBeNull()
  })
})

const text = (id: string): Source => ({
  kind: 'text',
  id,
  name: '',
  text: 'x',
  colour: '#ffffff',
  background: null,
  size: 0.1,
  align: 'left',
  visible: true,
  transform: FULL_FRAME,
})

describe('the scene', () => {
  it('is undone and redone step by step; a drag is one step', () => {
    const editor = new SceneEditor({ sources: [text('a')] })
    for (let step = 1; step <= 5; step++) editor.update('a', { transform: { ...FULL_FRAME, x: step / 10 } }, step * 100)
    editor.update('a', { visible: false }, 5_000)
    editor.undo()
    editor.undo()
    expect(editor.scene.sources[0]).toEqual(text('a'))
    expect(editor.canUndo).toBe(false)
    editor.redo()
    editor.redo()
    expect(editor.scene.sources[0]).toMatchObject({ visible: false })
  })

  it('refuses what would not be a source', () => {
    const editor = new SceneEditor({ sources: [text('a')] })
    expect(() => editor.update('a', { kind: 'camera' }, 0)).not.toThrow()
    expect(editor.scene.sources[0]?.kind).toBe('text')
    expect(() => editor.update('a', { text: 5 }, 0)).toThrow('ipc.invalid')
    expect(() => editor.update('a', { surprise: true }, 0)).toThrow('ipc.invalid')
    expect(() => editor.add(text('a'), 0)).toThrow('ipc.invalid')
    expect(() => editor.reorder(['a', 'a'], 0)).toThrow('ipc.invalid')
    expect(editor.scene.sources).toHaveLength(1)
  })
})

it('a process that dies too often is left alone', () => {
  const budget = new RestartBudget()
  expect([0, 1, 2, 3, 4].map((at) => budget.allow(at))).toEqual([true, true, true, true, true])
  expect(budget.allow(5)).toBe(false)
  expect(budget.allow(100_000)).toBe(true)
})

it('state goes out as versioned patches, gathered', () => {
  vi.useFakeTimers()
  const patches: StatePatch[] = []
  const store = new SnapshotStore({ onAir: 'nothing', canUndo: false } as ConstructorParameters<typeof SnapshotStore>[0], (patch) => patches.push(patch))
  store.set({ onAir: 'program' })
  store.set({ canUndo: true })
  vi.runAllTimers()
  expect(patches).toEqual([{ version: 2, changed: { onAir: 'program', canUndo: true } }])
  expect(store.snapshot()).toMatchObject({ version: 2, onAir: 'program' })
  vi.useRealTimers()
})
