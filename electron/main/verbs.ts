import { basename, join } from 'node:path'
import { app, clipboard, dialog, shell, systemPreferences } from 'electron'
import { summariseChecks } from '../shared/checks'
import { MAX_DESTINATIONS } from '../shared/destination'
import { AnchorError } from '../shared/errors'
import { parseJoinLink } from '../shared/join-link'
import { parsePushUrl } from '../shared/push-url'
import { captureTargets } from './capture'
import type { CoAnchorWindow } from './co-anchor-window'
import type { Desk } from './desk'
import { exportDiagnostics } from './diagnostics'
import { isAllowedExternal, isAllowedLink } from './guards'
import { IMAGE_EXTENSIONS, importImage } from './image-import'
import type { VerbHandlers } from './ipc-gateway'
import type { NoticeBoard } from './notice-board'
import type { SecretStore } from './secret-store'
import type { SettingsStore } from './settings-store'
import type { StateFile } from './state-file'
import { exportSummary } from './summary-export'
import { accessTo } from './system-facts'

const CLEAR_SECRET_AFTER_MS = 60_000

export interface VerbParts {
  readonly desk: Desk
  readonly coAnchorWindow: CoAnchorWindow
  readonly settings: SettingsStore
  readonly stateFile: StateFile
  readonly secrets: SecretStore
  readonly notices: NoticeBoard
  readonly dataDir: string
}

/** What each verb of the studio does. */
export function createVerbs({ desk, coAnchorWindow, settings, stateFile, secrets, notices, dataDir }: VerbParts): VerbHandlers {
  const now = (): number => Date.now()
  const editScene = (edit: () => void): null => {
    edit()
    desk.sceneChanged()
    return null
  }
  const saveDestinations = (destinations: typeof settings.current.destinations): void => {
    settings.update({ destinations })
    desk.destinationsChanged()
  }

  return {
    'state.get': () => desk.snapshotForStudio(),

    'session.check': () => {
      desk.show.dispatch({ type: 'check' })
      return null
    },
    'session.goLive': ({ anyway }) => {
      // A rehearsal goes live by itself, and has no other place to go.
      if (desk.rehearsal.isActive) return null
      const results = desk.checks.holding(now()) ?? []
      const { ready, overridable } = summariseChecks(results)
      if (!ready && !(anyway && overridable)) {
        throw new AnchorError('session.checks-stop', { context: { check: results.find((one) => one.verdict === 'stop')?.id ?? '' } })
      }
      desk.show.dispatch({ type: 'go-live' })
      return null
    },
    'session.cancel': () => {
      desk.show.dispatch({ type: 'cancel' })
      return null
    },
    'session.setPaused': ({ paused }) => {
      desk.setPaused(paused)
      return null
    },
    'session.end': () => {
      desk.show.dispatch({ type: 'end' })
      return null
    },
    'session.done': () => {
      desk.show.dispatch({ type: 'done' })
      return null
    },
    'rehearsal.start': ({ seconds }) => {
      desk.rehearsal.start(seconds * 1_000)
      return null
    },
    'rehearsal.stop': () => {
      desk.rehearsal.stop()
      return null
    },
    'rehearsal.dismiss': () => {
      desk.rehearsal.dismiss()
      return null
    },
    'summary.export': ({ format, summary }) =>
      exportSummary(summary, format, {
        folder: app.getPath('documents'),
        choose: async (defaultPath, extension) => {
          const window = desk.processes.studioWindow
          if (window === null) return null
          const { canceled, filePath } = await dialog.showSaveDialog(window, {
            defaultPath,
            filters: [{ name: extension.toUpperCase(), extensions: [extension] }],
          })
          return canceled || filePath === undefined || filePath === '' ? null : filePath
        },
      }),
    'session.reconnectNow': ({ destinationId }) => {
      desk.route.reconnectNow(destinationId)
      return null
    },
    'trtc.failOver': () => {
      desk.route.failOver()
      return null
    },
    'trtc.lookAgain': () => {
      desk.trtc.lookAgain()
      return null
    },
    'session.resume': ({ accept }) => {
      desk.store.set({ resume: null })
      stateFile.answerOffer(accept, settings.current.title, now())
      if (accept) desk.show.dispatch({ type: 'go-live' })
      else {
        desk.show.endRoom()
        void desk.status.showEnded()
      }
      return null
    },
    'session.setTitle': ({ title }) => {
      desk.setTitle(title)
      return null
    },
    'marker.add': ({ label }) => {
      desk.markers.add(label, now())
      return null
    },
    'marker.rename': ({ id, label }) => {
      desk.markers.rename(id, label)
      return null
    },
    'marker.remove': ({ id }) => {
      desk.markers.remove(id)
      return null
    },
    'session.setStatus': async (status) => {
      await desk.status.set(status)
      return null
    },
    'session.endStatus': async () => {
      await desk.status.end()
      return null
    },
    'session.undoStatus': async () => {
      await desk.status.undo()
      return null
    },
    'coAnchor.join': async ({ link }) => {
      const parsed = parseJoinLink(link)
      if (parsed === null) throw new AnchorError('co-anchor.bad-link')
      await coAnchorWindow.open(parsed)
      return null
    },
    'otherRoom.link': async ({ link }) => {
      await desk.roomLink.link(link)
      return null
    },
    'otherRoom.unlink': async () => {
      await desk.roomLink.unlink()
      return null
    },
    'cloud.signIn': async ({ link }) => {
      await desk.cloud.signIn(link)
      return null
    },
    'cloud.useOwnApp': ({ sdkAppId, secretKey, restBase }) => {
      desk.cloud.useOwnApp({ kind: 'own-app', sdkAppId, restBase }, secretKey)
      return null
    },
    'cloud.signOut': () => {
      desk.cloud.signOut()
      return null
    },
    'coAnchors.hear': ({ userId }) => {
      desk.coAnchors.hear(userId)
      return null
    },
    'coAnchors.talkTo': ({ userId }) => {
      desk.coAnchors.talkTo(userId)
      return null
    },
    'room.session': () => desk.openRoomSession(),
    'shortcuts.set': (shortcuts) => {
      settings.update({ shortcuts })
      desk.showSettings()
      return null
    },
    'room.setAnchorName': ({ name }) => {
      desk.setAnchorName(name)
      return null
    },

    'source.add': ({ source }) => editScene(() => desk.scene.add(source, now())),
    'source.update': ({ id, patch }) => editScene(() => desk.scene.update(id, patch, now())),
    'source.remove': ({ id }) => editScene(() => desk.scene.remove(id, now())),
    'source.reorder': ({ ids }) => editScene(() => desk.scene.reorder(ids, now())),
    'source.restart': ({ id }) => {
      desk.route.command({ type: 'restart-source', id })
      return null
    },
    'scene.undo': () => editScene(() => desk.scene.undo()),
    'scene.redo': () => editScene(() => desk.scene.redo()),
    'source.chooseImage': async () => {
      const window = desk.processes.studioWindow
      if (window === null) return null
      const { filePaths } = await dialog.showOpenDialog(window, { properties: ['openFile'], filters: [{ name: 'Images', extensions: [...IMAGE_EXTENSIONS] }] })
      const file = filePaths[0]
      return file === undefined ? null : importImage(file, join(dataDir, 'assets'))
    },
    'capture.targets': () => captureTargets(),
    'devices.refresh': () => {
      desk.route.command({ type: 'refresh-devices' })
      return null
    },
    'permission.ask': async ({ device }) => {
      await askPermission(device)
      desk.route.command({ type: 'refresh-devices' })
      return null
    },

    'permission.states': () => ({ camera: accessTo('camera'), microphone: accessTo('microphone'), screen: accessTo('screen') }),

    'profile.set': (profile) => {
      desk.setProfile(profile)
      return null
    },
    'profile.lower': () => {
      desk.lowerProfile()
      return null
    },

    'destination.save': ({ destination, secret }) => {
      const others = settings.current.destinations
      const known = others.some((one) => one.id === destination.id)
      if (destination.kind === 'local' && !known) throw new AnchorError('ipc.invalid', { context: { channel: 'destination.save' } })
      if (!known && desk.destinations.all().length >= MAX_DESTINATIONS) throw new AnchorError('destination.limit', { context: { limit: MAX_DESTINATIONS } })
      if (destination.kind === 'rtmp') {
        const parsed = parsePushUrl(`${destination.server}/key`)
        if (!parsed.ok) throw new AnchorError('publish.url-invalid', { context: parsed.error.context })
      }
      if (secret !== undefined) secrets.set(destination.id, secret)
      saveDestinations(known ? others.map((one) => (one.id === destination.id ? destination : one)) : [...others, destination])
      return null
    },
    'destination.remove': ({ id }) => {
      if (id === 'local') throw new AnchorError('ipc.invalid', { context: { channel: 'destination.remove' } })
      secrets.set(id, null)
      saveDestinations(settings.current.destinations.filter((one) => one.id !== id))
      return null
    },
    'destination.parseUrl': ({ url }) => {
      const parsed = parsePushUrl(url)
      if (!parsed.ok) throw new AnchorError(parsed.error.code, { context: parsed.error.context })
      return parsed.value
    },
    'destination.cssAddresses': ({ id }) => desk.destinations.css(id, now() / 1_000),

    'panic.set': (panic) => {
      settings.update({ panic })
      desk.showSettings()
      return null
    },
    'preferences.set': (preferences) => {
      settings.update({
        ...(preferences.language === undefined ? {} : { language: preferences.language }),
        ...(preferences.theme === undefined ? {} : { theme: preferences.theme }),
        ...(preferences.firstRunDone === undefined ? {} : { firstRunDone: preferences.firstRunDone }),
      })
      desk.showSettings()
      return null
    },
    'gifts.set': (gifts) => {
      settings.update({ gifts })
      desk.showSettings()
      return null
    },
    'room.share': ({ shareOnNetwork }) => {
      desk.share(shareOnNetwork)
      return null
    },
    'iceServer.save': ({ server, credential }) => {
      desk.iceServers.save(server, credential)
      desk.iceServersChanged()
      return null
    },
    'iceServer.test': ({ server, credential }) => desk.iceProbe.test(desk.iceServers.resolve(server, credential)),
    'iceServer.remove': ({ id }) => {
      desk.iceServers.remove(id)
      desk.iceServersChanged()
      return null
    },
    'copy.address': ({ what }) => {
      const { addresses, place } = desk.room
      if (place !== null && !place.local && what === 'watch') {
        clipboard.writeText(place.watch)
        return null
      }
      if (addresses === null) return null
      if (what === 'stream-key') copySecret(addresses.ingest.slice(addresses.ingest.lastIndexOf('/') + 1))
      else if (what === 'ingest') copySecret(addresses.ingest)
      else if (addresses[what] !== null) clipboard.writeText(addresses[what])
      return null
    },
    'copy.destination': ({ id, what }) => {
      const config = desk.destinations.all().find((one) => one.id === id)
      if (config?.kind === 'rtmp') {
        if (what === 'push') copySecret(desk.destinations.url(id, now() / 1_000) ?? '')
        else if (what === 'obs-server') clipboard.writeText(config.server)
        else if (what === 'obs-stream-key') copySecret(desk.destinations.streamKey(id) ?? '')
        return null
      }
      const css = desk.destinations.css(id, now() / 1_000)
      if (what === 'push') copySecret(css.push)
      else if (what === 'obs-server') clipboard.writeText(css.obsServer)
      else if (what === 'obs-stream-key') copySecret(css.obsStreamKey)
      else if (css.play !== null) clipboard.writeText(css.play[what])
      return null
    },
    'open.watchPage': async () => {
      const watch = desk.room.place?.watch ?? null
      if (watch !== null && isAllowedExternal(watch, watch)) await shell.openExternal(watch)
      return null
    },
    'diagnostics.export': async () => {
      const window = desk.processes.studioWindow
      if (window === null) return null
      const day = new Date().toISOString().slice(0, 10)
      const { filePath } = await dialog.showSaveDialog(window, { defaultPath: `anchordesk-${day}.zip`, filters: [{ name: 'Zip', extensions: ['zip'] }] })
      if (filePath === undefined || filePath === '') return null
      await exportDiagnostics(filePath, { dataDir, snapshot: desk.store.snapshot(), versions: process.versions })
      return { name: basename(filePath) }
    },
    'overlay.set': (overlay) => {
      desk.overlay.set(overlay)
      return null
    },
    'overlay.pin': ({ pinned }) => {
      desk.overlay.pin(pinned)
      return null
    },
    'overlay.say': ({ comments }) => {
      desk.overlay.say(comments)
      return null
    },
    'overlay.take': ({ ids }) => {
      desk.overlay.take(ids)
      return null
    },
    'overlay.pk': ({ pk }) => {
      desk.overlay.pk(pk)
      return null
    },
    'overlay.banner': ({ banner }) => {
      desk.overlay.banner(banner)
      return null
    },
    'open.link': async ({ url }) => {
      if (!isAllowedLink(url)) throw new AnchorError('ipc.invalid', { context: { channel: 'open.link' } })
      await shell.openExternal(url)
      return null
    },
    'notice.dismiss': ({ id }) => {
      notices.dismiss(id)
      return null
    },
  }
}

/** The true text goes to the clipboard, and goes away again if nothing else took its place. */
function copySecret(text: string): void {
  clipboard.writeText(text)
  // Later Electrons answer with a promise, earlier ones with the text itself.
  const clearIfStill = async (): Promise<void> => {
    if ((await clipboard.readText()) === text) clipboard.clear()
  }
  setTimeout(() => void clearIfStill(), CLEAR_SECRET_AFTER_MS).unref()
}

const SETTINGS_PAGES = {
  darwin: {
    camera: 'x-apple.systempreferences:com.apple.preference.security?Privacy_Camera',
    microphone: 'x-apple.systempreferences:com.apple.preference.security?Privacy_Microphone',
    screen: 'x-apple.systempreferences:com.apple.preference.security?Privacy_ScreenCapture',
  },
  win32: { camera: 'ms-settings:privacy-webcam', microphone: 'ms-settings:privacy-microphone', screen: 'ms-settings:privacy' },
} as const

async function askPermission(device: 'camera' | 'microphone' | 'screen'): Promise<void> {
  if (process.platform === 'darwin' && device !== 'screen' && systemPreferences.getMediaAccessStatus(device) === 'not-determined') {
    await systemPreferences.askForMediaAccess(device)
    return
  }
  if (process.platform === 'darwin' || process.platform === 'win32') await shell.openExternal(SETTINGS_PAGES[process.platform][device])
}
