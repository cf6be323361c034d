import { resolve } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'

/** Each build lists what it bundled and under which licence; scripts/setup/notices.mjs joins the lists. */
const license = { fileName: 'licenses.json' }

// Electron 25 is the runtime of the tests: its main and preload must be CommonJS (ESM main came with
// Electron 28), and its Node and Chrome set the targets.
export default defineConfig({
  main: {
    build: {
      target: 'node18',
      externalizeDeps: false,
      license,
      rollupOptions: {
        // A native module: it stays a package of its own, see electron-builder.yml.
        external: ['libsql'],
        input: {
          index: resolve('electron/main/index.ts'),
          publisher: resolve('electron/publisher/index.ts'),
          'room-server': resolve('electron/room-server/index.ts'),
        },
        output: { format: 'cjs', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      target: 'node18',
      externalizeDeps: false,
      license,
      // A sandboxed preload cannot require a shared chunk: each one is a file by itself.
      isolatedEntries: true,
      rollupOptions: {
        input: {
          studio: resolve('electron/preload/studio.ts'),
          stage: resolve('electron/preload/stage.ts'),
          trtc: resolve('electron/preload/trtc.ts'),
        },
        output: { format: 'cjs', entryFileNames: '[name].js' },
      },
    },
  },
  renderer: {
    root: resolve('renderer'),
    plugins: [vue()],
    worker: { format: 'es' },
    build: {
      target: 'chrome114',
      license,
      rollupOptions: {
        input: {
          studio: resolve('renderer/studio/index.html'),
          stage: resolve('renderer/stage/index.html'),
          trtc: resolve('renderer/trtc/index.html'),
        },
      },
    },
  },
})
