const { existsSync, rmSync } = require('node:fs')
const { join } = require('node:path')

/** Last hand on a packed app: no second app inside, and Electron's fuses set (they cannot be changed by an argument later). */
module.exports = async function afterPack({ appOutDir, electronPlatformName, packager }) {
  const resources =
    electronPlatformName === 'darwin' ? join(appOutDir, `${packager.appInfo.productFilename}.app`, 'Contents', 'Resources') : join(appOutDir, 'resources')
  rmSync(join(resources, 'default_app.asar'), { force: true })
  const name = packager.appInfo.productFilename
  const executable = { darwin: `${name}.app`, win32: `${name}.exe` }[electronPlatformName] ?? packager.executableName
  const path = join(appOutDir, executable)
  if (!existsSync(path)) throw new Error(`no executable at ${path}`)
  const { flipFuses, getCurrentFuseWire, FuseV1Options, FuseVersion } = await import('@electron/fuses')
  const wanted = {
    [FuseV1Options.RunAsNode]: false,
    [FuseV1Options.EnableCookieEncryption]: true,
    [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: false,
    [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
    [FuseV1Options.OnlyLoadAppFromAsar]: true,
    [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  }
  // An older Electron does not have them all.
  const wire = await getCurrentFuseWire(path)
  for (const fuse of Object.keys(wanted)) if (wire[fuse] === undefined) delete wanted[fuse]
  await flipFuses(path, { version: FuseVersion.V1, resetAdHocDarwinSignature: electronPlatformName === 'darwin', ...wanted })
}
