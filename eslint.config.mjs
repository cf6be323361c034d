import i18n from '@intlify/eslint-plugin-vue-i18n'
import vue from 'eslint-plugin-vue'
import tseslint from 'typescript-eslint'
import vueParser from 'vue-eslint-parser'

/** Which part may import which. The folders are processes: an import across them would run code where it cannot live. */
const ELECTRON = { regex: '^electron(/|$)', message: 'No Electron here.' }
const NODE = { regex: '^(node:|(fs|path|os|net|tls|http|https|crypto|child_process|stream|util|events)(/|$))', message: 'No Node here.' }
const VUE = { regex: '^(vue|vue-i18n|pinia|reka-ui|@vueuse/.*)$', message: 'No Vue here.' }
const TRTC = { regex: '^trtc-electron-sdk', message: 'Only renderer/trtc loads the TRTC SDK.' }
const CHAT = { regex: '^@tencentcloud/chat', message: 'Only renderer/room loads the Chat SDK.' }
const POSTGRES = { regex: '^pg(/|$)', message: 'Only electron/room-server/store speaks to PostgreSQL.' }
const PROMETHEUS = { regex: '^prom-client', message: 'Only electron/room-server/team counts for Prometheus.' }
/** Folders beside or above, reached by a relative path; a file of that name in electron/shared is not meant. */
const other = (...folders) => ({
  regex: `^(\\.\\./)+(electron/|renderer/)?(${folders.join('|')})(/|$)`,
  message: 'The parts never import each other: what they share stands in electron/shared.',
})
const PROCESSES = ['main', 'publisher', 'room-server', 'preload']
const PAGES = ['studio', 'stage', 'trtc', 'web']
const but = (all, one) => all.filter((folder) => folder !== one)
const siblings = (folder) => other(...but(PROCESSES, folder), 'renderer')
const imports = (...patterns) => ({ 'no-restricted-imports': ['error', { patterns }] })

const UNSAFE = [
  { selector: "Property[key.name='webSecurity'][value.value=false]", message: 'webSecurity is never switched off.' },
  { selector: "Property[key.name='nodeIntegration'][value.value=true]", message: 'Pages get no Node.' },
  { selector: "Property[key.name='contextIsolation'][value.value=false]", message: 'Pages are isolated.' },
  { selector: "Property[key.name='sandbox'][value.value=false]", message: 'Pages are sandboxed.' },
  { selector: "Property[key.name='allowRunningInsecureContent']", message: 'No insecure content.' },
  { selector: "Property[key.name='experimentalFeatures']", message: 'No experimental features.' },
  { selector: "Property[key.name='enableBlinkFeatures']", message: 'No Blink features.' },
  { selector: "Property[key.name='webviewTag'][value.value=true]", message: 'No webviews.' },
  { selector: "MemberExpression[property.name='sendSync']", message: 'Nothing is synchronous across processes.' },
]
const RAW_IPC = { selector: "Identifier[name='ipcMain']", message: 'Only electron/main/ipc-gateway.ts hears pages.' }

export default tseslint.config(
  { ignores: ['out/**', 'dist/**', '.cache/**', 'node_modules/**', 'renderer/stage/compositor/kernels/**', 'tests/fixtures/**'] },
  ...tseslint.configs.recommended,
  ...vue.configs['flat/recommended'],
  {
    files: ['**/*.{ts,vue}'],
    languageOptions: { parser: vueParser, parserOptions: { parser: tseslint.parser, extraFileExtensions: ['.vue'] } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': true, 'ts-ignore': true, 'ts-nocheck': true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-empty': ['error', { allowEmptyCatch: false }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-restricted-syntax': ['error', ...UNSAFE, RAW_IPC],
      // Prettier lays out templates.
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/attributes-order': 'off',
      'vue/no-v-html': 'error',
    },
  },
  // Tencent's SDK runs in a page with Node: this window alone has both.
  { files: ['electron/main/trtc-window.ts'], rules: { 'no-restricted-syntax': ['error', RAW_IPC] } },
  { files: ['electron/main/ipc-gateway.ts', 'tests/**'], rules: { 'no-restricted-syntax': ['error', ...UNSAFE] } },
  {
    files: ['renderer/studio/**/*.vue', 'renderer/web/**/*.vue'],
    plugins: { '@intlify/vue-i18n': i18n },
    rules: { '@intlify/vue-i18n/no-raw-text': ['error', { ignorePattern: '^[\\s·:%°–•/()]*$' }] },
  },
  { files: ['electron/shared/**/*.ts'], rules: imports(ELECTRON, NODE, VUE, TRTC, CHAT, other(...PROCESSES, 'renderer')) },
  { files: ['electron/main/**/*.ts'], rules: imports(VUE, TRTC, CHAT, siblings('main')) },
  { files: ['electron/preload/**/*.ts'], rules: imports(NODE, VUE, TRTC, CHAT, siblings('preload')) },
  { files: ['electron/publisher/**/*.ts'], rules: imports(VUE, TRTC, CHAT, siblings('publisher')) },
  { files: ['electron/room-server/**/*.ts'], rules: imports(VUE, TRTC, CHAT, POSTGRES, PROMETHEUS, siblings('room-server')) },
  { files: ['electron/room-server/store/**/*.ts'], rules: imports(VUE, TRTC, CHAT, PROMETHEUS, siblings('room-server')) },
  { files: ['electron/room-server/team/**/*.ts'], rules: imports(VUE, TRTC, CHAT, POSTGRES, siblings('room-server')) },
  { files: ['electron/room-server/im/**/*.ts'], rules: imports(VUE, TRTC, CHAT, POSTGRES, PROMETHEUS, siblings('room-server'), other('backend', 'team')) },
  { files: ['electron/room-server/backend/**/*.ts'], rules: imports(VUE, TRTC, CHAT, POSTGRES, PROMETHEUS, siblings('room-server'), other('im', 'team')) },
  ...PAGES.map((folder) => ({
    files: [`renderer/${folder}/**/*.{ts,vue}`],
    rules: imports(
      ...(folder === 'trtc' ? [] : [ELECTRON, NODE, TRTC]),
      ...(folder === 'stage' ? [VUE] : []),
      CHAT,
      other(...PROCESSES, ...but(PAGES, folder)),
    ),
  })),
  { files: ['renderer/room/**/*.{ts,vue}'], rules: imports(ELECTRON, NODE, TRTC, other(...PROCESSES, ...PAGES)) },
  { files: ['**/*.d.ts'], rules: { '@typescript-eslint/no-unused-vars': 'off' } },
  { files: ['scripts/setup/default-app/**', '**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
)
