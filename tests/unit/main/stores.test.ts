import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
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
import { FULL_FRAME, NO_BEAUTY, sceneSchema, type Source } from '../../../electron/shared/scene'
import { defaultSettings } from '../../../electron/shared/settings'
import { applyPatch, type StatePatch } from '../../../electron/shared/snapshot'
import type { HealthSample } from '../../../electron/shared/health'

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

// /dev/full answers each write with ENOSPC, as a full disk does.
describe.runIf(existsSync('/dev/full'))('a full disk', () => {
  it('costs no file: what was there stays, what is new holds, and it is told', () => {
    const store = open()
    store.update({ title: 'before' })
    store.flush()
    const state = new StateFile(folder, (error) => problems.push(error.toInfo()))
    state.write('idle', 'before', 1)
    for (const name of ['settings.json.new', 'state.json.new']) symlinkSync('/dev/full', join(folder, name))
    store.update({ title: 'after' })
    store.flush()
    state.write('live', 'after', 2)
    expect(store.current.title).toBe('after')
    expect(open().current.title).toBe('before')
    expect(JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8'))).toMatchObject({ state: 'idle' })
    expect(problems.map((one) => one.code)).toEqual(['disk.full', 'disk.full'])
  })
})

const cipher = (available: boolean): Cipher => ({
  isAvailable: () => available,
  encrypt: (text) => Buffer.from(text.split('').reverse().join(''), 'utf16le'),
  decrypt: (bytes) => bytes.toString('utf16le').split('').reverse().join(''),
})

const openSecrets = (one: Cipher = cipher(true)): SecretStore => new SecretStore({ folder, cipher: one, onProblem: (error) => problems.push(error) })

describe('secrets', () => {
  const file = (): string => join(folder, 'secrets.bin')

  it('hold over a restart, never in the clear', () => {
    openSecrets().set('a', 'stream-key')
    expect(openSecrets().get('a')).toBe('stream-key')
    expect(readFileSync(file()).includes('stream-key')).toBe(false)
    expect(problems).toEqual([])
  })

  it('without a key store live until the app quits and touch no disk', () => {
    const store = openSecrets(cipher(false))
    store.set('a', 'stream-key')
    expect(store.get('a')).toBe('stream-key')
    expect(store.kept).toBe(false)
    expect(existsSync(file())).toBe(false)
    expect(problems.map((one) => one.code)).toEqual(['secrets.session-only'])
  })

  it.each([
    ['was damaged', Buffer.from('garbage')],
    ['is of another machine', cipher(true).encrypt('{"a": 5}')],
  ])('that cannot be read because the file %s are set aside and told, not written over', (_why, bytes) => {
    writeFileSync(file(), bytes)
    const store = openSecrets()
    expect(problems.map((one) => one.code)).toEqual(['secrets.unreadable'])
    store.set('@ingest', 'fresh')
    expect(readFileSync(`${file()}.broken`).equals(bytes)).toBe(true)
    expect(openSecrets().get('@ingest')).toBe('fresh')
    writeFileSync(file(), 'garbage again')
    openSecrets().set('@ingest', 'fresh again')
    expect(readFileSync(`${file()}.broken`).equals(bytes)).toBe(true)
    expect(readFileSync(`${file()}.broken-1`, 'utf8')).toBe('garbage again')
  })

  it('that cannot be written are told and hold', () => {
    const store = openSecrets()
    rmSync(folder, { recursive: true })
    store.set('a', 'stream-key')
    expect(store.get('a')).toBe('stream-key')
    expect(problems).toEqual([{ code: 'secrets.not-saved', context: { reason: 'ENOENT' } }])
  })
})

describe('the state file', () => {
  const openState = (): StateFile => new StateFile(folder, (error) => problems.push(error.toInfo()))
  const state = (): unknown => (JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8')) as { state: unknown }).state

  it('offers to resume only what ended while live', () => {
    expect(openState().resumeOffer).toBeNull()
    openState().write('clean_exit', 'Friday', 1)
    expect(openState().resumeOffer).toBeNull()
    openState().write('live', 'Friday', 2)
    expect(openState().resumeOffer).toEqual({ title: 'Friday', lastLiveAtMs: 2 })
    writeFileSync(join(folder, 'state.json'), 'garbage')
    expect(openState().resumeOffer).toBeNull()
  })

  it('keeps an offer until it is answered: a second crash does not lose it', () => {
    openState().write('live', 'Friday', 2)
    const second = openState()
    second.write('starting', 'Friday', 3)
    second.write('idle', 'Friday', 4)
    const third = openState()
    expect(third.resumeOffer).toEqual({ title: 'Friday', lastLiveAtMs: 2 })
    third.answerOffer(true, 'Friday', 5)
    expect(openState().resumeOffer, 'not on air yet').not.toBeNull()
    third.write('live', 'Friday', 6)
    third.write('idle', 'Friday', 7)
    expect(openState().resumeOffer).toBeNull()
  })

  it('takes no for an answer', () => {
    openState().write('live', 'Friday', 2)
    const next = openState()
    next.answerOffer(false, 'Friday', 3)
    next.write('idle', 'Friday', 3)
    expect(state()).toBe('idle')
    expect(openState().resumeOffer).toBeNull()
  })

  it('is on the disk when it is written, and a mark that is still on its way does not come after it', async () => {
    const file = openState()
    file.write('live', 'Friday', 1)
    expect(state()).toBe('live')
    const marks = [file.mark('Friday', 2), file.mark('Friday', 3)]
    file.write('clean_exit', 'Friday', 4)
    await Promise.all(marks)
    expect(state()).toBe('clean_exit')
    expect(readdirSync(folder)).toEqual(['state.json'])
  })

  it('is marked while live', async () => {
    const file = openState()
    file.write('live', 'Friday', 1)
    await file.mark('Saturday', 2)
    expect(openState().resumeOffer).toEqual({ title: 'Saturday', lastLiveAtMs: 2 })
  })

  it('that cannot be written is told once, until it can be again', async () => {
    const file = openState()
    rmSync(folder, { recursive: true })
    file.write('live', '', 1)
    await file.mark('', 2)
    expect(problems.map((one) => one.code)).toEqual(['settings.write-failed'])
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

  it('of a time without beauty has none; a choice of it is undone, and has bounds', () => {
    const camera = { kind: 'camera', id: 'cam', name: '', deviceId: null, visible: true, transform: FULL_FRAME, syncOffsetMs: 0 }
    const scene = sceneSchema.parse({ sources: [camera] })
    expect(scene.sources).toEqual([{ ...camera, beauty: NO_BEAUTY }])
    const editor = new SceneEditor(scene)
    editor.update('cam', { beauty: { ...NO_BEAUTY, smooth: 4 } }, 0)
    expect(editor.scene.sources[0]).toMatchObject({ beauty: { smooth: 4 } })
    editor.undo()
    expect(editor.scene).toEqual(scene)
    for (const wrong of [{ ...NO_BEAUTY, smooth: 10 }, { ...NO_BEAUTY, whiten: -1 }, { ...NO_BEAUTY, ruddy: 1.5 }, { smooth: 1 }])
      expect(() => editor.update('cam', { beauty: wrong }, 0)).toThrow('ipc.invalid')
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

describe('the state of the studio', () => {
  const open = (): { store: SnapshotStore; patches: StatePatch[] } => {
    vi.useFakeTimers()
    const patches: StatePatch[] = []
    const initial = { onAir: 'nothing', canUndo: false, healthHistory: [] } as unknown as ConstructorParameters<typeof SnapshotStore>[0]
    return { store: new SnapshotStore(initial, (patch) => patches.push(patch)), patches }
  }
  afterEach(() => {
    vi.useRealTimers()
  })

  it('goes out as versioned patches, gathered', () => {
    const { store, patches } = open()
    store.set({ onAir: 'program' })
    store.set({ canUndo: true })
    vi.runAllTimers()
    expect(patches).toEqual([{ version: 2, changed: { onAir: 'program', canUndo: true } }])
    expect(store.snapshot()).toMatchObject({ version: 2, onAir: 'program' })
  })

  it('sends of the history what is new, and both ends hold the same ten minutes', () => {
    const { store, patches } = open()
    let studio = store.snapshot()
    for (let sample = 0; sample < 700; sample++) {
      store.addSample({ atMs: sample } as HealthSample)
      if (sample % 2 === 0) vi.runAllTimers()
      for (const patch of patches.splice(0)) {
        expect(patch.newSamples?.length).toBeLessThan(3)
        studio = applyPatch(studio, patch)
      }
    }
    vi.runAllTimers()
    for (const patch of patches) studio = applyPatch(studio, patch)
    expect(studio).toEqual(store.snapshot())
    expect(studio.healthHistory.map((one) => one.atMs)).toEqual(Array.from({ length: 300 }, (_one, index) => 400 + index))
  })
})
