import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { main, ROOT } from './setup/bootstrap.mjs'
import { ensurePackages } from './setup/packages.mjs'
import { run } from './setup/run.mjs'
import { say, SetupError } from './setup/say.mjs'
import { missingForTrtc, TRTC_PACKAGE } from './setup/trtc-library.mjs'

/**
 * `npm run trtc:install [-- --platform=win32|darwin --arch=x64|arm64]`: fetches the native library of Tencent's package from Tencent, by the package's own
 * script. It is proprietary software under Tencent's terms, so that nobody gets it without asking for it.
 */
await main(async () => {
  const { values } = parseArgs({ options: { platform: { type: 'string', default: process.platform }, arch: { type: 'string', default: process.arch } } })
  const { platform, arch } = values
  const before = missingForTrtc(ROOT, platform, arch)
  if (!['win32', 'darwin'].includes(platform) || arch === 'ia32') throw new SetupError(before.join('\n'))
  await ensurePackages(ROOT)
  say(`Fetching TRTC for ${platform} ${arch} from Tencent …`)
  const folder = join(ROOT, TRTC_PACKAGE)
  await run(process.execPath, [join(folder, 'scripts', 'download.js'), `--platform=${platform}`, `--arch=${arch}`], { cwd: folder })
  // On macOS the frameworks have to lie inside Electron's own folder to be found.
  if (process.platform === 'darwin' && platform === 'darwin') await run(process.execPath, [join(folder, 'scripts', 'postinstall.js')], { cwd: folder })
  const missing = missingForTrtc(ROOT, platform, arch)
  // The script says that it failed and ends as if it had not.
  if (missing.length > 0) throw new SetupError(`TRTC is not complete. Is Tencent’s server reachable?\n${missing.join('\n')}`)
  say(`TRTC is installed in ${folder}.`)
  return 0
})
