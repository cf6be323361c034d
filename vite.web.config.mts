import { resolve } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

/** The pages that the room server hands to browsers: a folder of their own, so that it serves nothing else. */
export default defineConfig({
  root: resolve('renderer/web'),
  base: './',
  plugins: [vue()],
  // The package's main file has webrtc-adapter in it without its licence; its module asks for it as everybody does.
  resolve: { alias: [{ find: /^trtc-sdk-v5$/, replacement: resolve('node_modules/trtc-sdk-v5/trtc.esm.js') }] },
  build: {
    outDir: resolve('out/web'),
    emptyOutDir: true,
    license: { fileName: 'licenses.json' },
    target: ['chrome100', 'firefox100', 'safari15'],
    rollupOptions: { input: { watch: resolve('renderer/web/watch/index.html'), guest: resolve('renderer/web/guest/index.html') } },
  },
})
