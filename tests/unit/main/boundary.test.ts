import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'

vi.mock('electron', () => ({ ipcMain: {}, protocol: {}, nativeTheme: {}, screen: {}, BrowserWindow: class {}, MessageChannelMain: class {} }))

const { resolveAppUrl, setStudioSources } = await import('../../../electron/main/app-protocol')
const { guardOne, isAllowedExternal, isAllowedLink, isAllowedPermission, originOf } = await import('../../../electron/main/guards')
const { callVerb } = await import('../../../electron/main/ipc-gateway')
const { popOutResponse } = await import('../../../electron/main/pop-out')
const { POP_OUT_NAME } = await import('../../../electron/shared/origins')
const { estimateBytes } = await import('../../../electron/main/payload-size')
const { redact } = await import('../../../electron/main/redact')
const { studioVerbs } = await import('../../../electron/shared/ipc')

const RUNS = Number(process.env['ANCHORDESK_FUZZ'] ?? 5_000)
/** A hundred thousand take minutes. */
const DEADLINE_MS = Math.max(30_000, RUNS * 10)
const files = { pages: '/app/renderer', assets: '/data/assets' }

describe('app://', () => {
  it('serves pages and pictures, each with its own policy', () => {
    expect(resolveAppUrl('app://studio/studio/index.html', files)).toMatchObject({
      file: '/app/renderer/studio/index.html',
      contentType: 'text/html; charset=utf-8',
    })
    expect(resolveAppUrl('app://stage/assets/kernels.wasm', files)?.contentType).toBe('application/wasm')
    expect(resolveAppUrl('app://asset/0123456789abcdef.png', files)?.file).toBe('/data/assets/0123456789abcdef.png')
    expect(resolveAppUrl('app://studio/studio/index.html', files)?.csp).not.toContain('unsafe')
  })

  it('lets the studio reach this machine, and the room server that it is signed in to, and no other', () => {
    const connect = (): string | undefined =>
      resolveAppUrl('app://studio/studio/index.html', files)
        ?.csp.split('; ')
        .find((rule) => rule.startsWith('connect-src'))
    const here = "connect-src 'self' http://127.0.0.1:* ws://127.0.0.1:*"
    expect(connect()).toBe(here)
    setStudioSources('https://rooms.example.com wss://rooms.example.com')
    expect(connect()).toBe(`${here} https://rooms.example.com wss://rooms.example.com`)
    expect(resolveAppUrl('app://stage/stage/index.html', files)?.csp).not.toContain('example.com')
    setStudioSources('')
    expect(connect()).toBe(here)
  })

  it('gives the stage what it needs to compile its kernels, and no inline or foreign script', () => {
    const csp = resolveAppUrl('app://stage/stage/index.html', files)?.csp ?? ''
    const rules = new Map(csp.split('; ').map((rule) => [rule.split(' ')[0], rule.split(' ').slice(1)]))
    expect(rules.get('default-src')).toEqual(["'none'"])
    expect(rules.get('script-src')).toEqual(["'self'", "'wasm-unsafe-eval'"])
    for (const rule of ['frame-ancestors', 'base-uri', 'form-action']) expect(rules.get(rule), rule).toEqual(["'none'"])
    // Besides its own files, the lines of co-anchors at this machine's room server and at other rooms'.
    expect(rules.get('connect-src')).toEqual(["'self'", 'data:', 'app://asset', 'ws:', 'wss:'])
    expect(csp).not.toMatch(/https?:|'unsafe-|\*/)
  })

  it.each([
    'app://studio/../../etc/passwd.html',
    'app://studio/%2e%2e/%2e%2e/etc/x.html',
    'app://studio/..%5c..%5cx.html',
    'app://asset/..%2f..%2fsecrets.png',
    'app://asset/settings.json',
    'app://elsewhere/index.html',
    'app://studio/x.exe',
    'app://studio/%00.html',
    'app://studio/%zz',
    'file:///etc/passwd',
    'nonsense',
  ])('does not serve %s', (url) => {
    const found = resolveAppUrl(url, files)
    expect(found === null || found.file.startsWith('/app/renderer/')).toBe(true)
    // Dots that a URL parser takes away itself leave a harmless path below the pages.
    if (!/studio\/(\.\.|%2e)/.test(url)) expect(found).toBeNull()
  })
})

describe('guards', () => {
  it('let only the stage capture, and nobody do anything else', () => {
    expect(isAllowedPermission('app://stage/', 'media')).toBe(true)
    for (const [origin, permission] of [
      ['app://studio', 'media'],
      ['app://stage', 'geolocation'],
      ['app://stage', 'notifications'],
      ['app://stage.evil', 'media'],
      ['https://stage', 'media'],
      ['', 'media'],
    ] as const) {
      expect(isAllowedPermission(origin, permission), `${origin} ${permission}`).toBe(false)
    }
  })

  it('deny navigation, redirects, webviews and new windows', () => {
    const handlers = new Map<string, (event: { preventDefault(): void }) => void>()
    let opened: { action: string } | null = null
    guardOne(
      {
        on: (name: string, handler: (event: { preventDefault(): void }) => void) => handlers.set(name, handler),
        setWindowOpenHandler: (handler: (asked: object) => { action: string }) => (opened = handler({ url: 'https://example.com', frameName: '' })),
      } as never,
      (asked) => popOutResponse('app://studio/studio/index.html', asked),
    )
    for (const name of ['will-navigate', 'will-redirect', 'will-frame-navigate', 'will-attach-webview']) {
      let prevented = false
      handlers.get(name)?.({ preventDefault: () => (prevented = true) })
      expect(prevented, name).toBe(true)
    }
    expect(opened).toEqual({ action: 'deny' })
  })

  it('open an empty window of the studio’s, by its name, and no other', () => {
    const asked = { url: 'about:blank', frameName: POP_OUT_NAME }
    expect(popOutResponse('app://studio/studio/index.html', asked)).toMatchObject({ action: 'allow', overrideBrowserWindowOptions: { alwaysOnTop: true } })
    for (const [opener, change] of [
      ['app://stage/stage/index.html', {}],
      ['https://example.com/', {}],
      ['about:blank', {}],
      ['app://studio.evil/', {}],
      ['app://studio/', { url: 'https://example.com' }],
      ['app://studio/', { url: 'app://studio/studio/index.html' }],
      ['app://studio/', { url: 'about:blank#x' }],
      ['app://studio/', { frameName: '_blank' }],
    ] as const)
      expect(popOutResponse(opener, { ...asked, ...change }), `${opener} ${JSON.stringify(change)}`).toEqual({ action: 'deny' })
  })

  it('open nothing outside but our own watch page', () => {
    const watch = 'http://127.0.0.1:8360/watch/'
    expect(isAllowedExternal(watch, watch)).toBe(true)
    for (const url of ['https://example.com', 'javascript:alert(1)', 'file:///etc/passwd', 'http://127.0.0.1:8360/watch/../x'])
      expect(isAllowedExternal(url, watch), url).toBe(false)
    expect(isAllowedExternal('file:///x', 'file:///x')).toBe(false)
    const team = 'https://rooms.example.com/watch/?room=friday'
    expect(isAllowedExternal(team, team)).toBe(true)
    for (const url of ['http://rooms.example.com/watch/?room=friday', 'https://a@b.example/watch/?room=x', `${team}&more`])
      expect(isAllowedExternal(url, url), url).toBe(false)
  })

  it('open a link of the chat only as https, with a name for a host, and as it was shown', () => {
    for (const url of ['https://example.com/', 'https://a.example.co/x?y=1#z', 'https://xn--bcher-kva.example/']) expect(isAllowedLink(url), url).toBe(true)
    const refused = [
      ...['http://example.com/', 'file:///etc/passwd', 'javascript:alert(1)', 'ms-settings:privacy', 'https://', ''],
      ...['https://bank.example@evil.example/', 'https://user:pw@evil.example/', 'https://127.0.0.1/', 'https://[::1]/', 'https://localhost/'],
      ...['https://bücher.example/', 'HTTPS://EXAMPLE.COM/', 'https://example.com/a b', ' https://example.com/', `https://example.com/${'x'.repeat(2_048)}`],
    ]
    for (const url of refused) expect(isAllowedLink(url), url).toBe(false)
  })

  it(
    'open nothing that only looks like a link',
    () => {
      fc.assert(
        fc.property(
          fc.oneof(
            fc.webUrl(),
            fc.string(),
            fc.webUrl().map((url) => `${url}@evil.example`),
          ),
          (url) => {
            if (isAllowedLink(url)) expect(url).toMatch(/^https:\/\/[a-z0-9.-]+(:\d+)?\//)
          },
        ),
        { numRuns: RUNS },
      )
    },
    DEADLINE_MS,
  )

  it(
    'open nothing that only looks like it',
    () => {
      const part = fc.oneof(
        fc.webUrl({ withQueryParameters: true, withFragments: true }),
        fc.string(),
        fc.constantFrom('javascript:', 'file://', 'ms-settings:', 'data:text/html,'),
      )
      fc.assert(
        fc.property(part, part, fc.boolean(), (left, right, glued) => {
          const watch = 'http://127.0.0.1:8360/watch/'
          const url = glued ? `${left}${watch}${right}` : left
          if (url !== watch) expect(isAllowedExternal(url, watch), url).toBe(false)
          // Not even when main itself were told that this is the page.
          if (isAllowedExternal(url, url)) expect(url).toMatch(/^http:\/\/\d+\.\d+\.\d+\.\d+:\d+\/watch\/$/)
        }),
        { numRuns: RUNS },
      )
    },
    DEADLINE_MS,
  )

  it('know the origin of schemes that URL does not', () => {
    expect(originOf('app://stage/stage/index.html?x')).toBe('app://stage')
    expect(originOf('about:blank')).toBe('')
  })
})

describe('the gateway', () => {
  let called = 0
  const verbs = new Proxy({}, { get: () => () => (called += 1) }) as never
  const log = (): void => undefined

  it('answers verbs that fit their schema', async () => {
    expect(await callVerb({ verbs, log }, 'session.goLive', { anyway: false })).toEqual({ ok: true, value: 1 })
  })

  it(
    'refuses everything else without calling anything',
    async () => {
      called = 0
      const names = Object.keys(studioVerbs).filter((name) => !studioVerbs[name as keyof typeof studioVerbs].safeParse(undefined).success)
      await fc.assert(
        fc.asyncProperty(
          fc.oneof(fc.constantFrom(...names), fc.string(), fc.constant('__proto__'), fc.constant('constructor')),
          fc.anything(),
          async (verb, args) => {
            const schema = Object.hasOwn(studioVerbs, verb) ? studioVerbs[verb as keyof typeof studioVerbs] : null
            if (schema?.safeParse(args).success === true) return
            expect(await callVerb({ verbs, log }, verb, args)).toMatchObject({ ok: false, error: { code: 'ipc.invalid' } })
          },
        ),
        { numRuns: RUNS },
      )
      expect(called).toBe(0)
    },
    DEADLINE_MS,
  )

  it('refuses what is too large or too deep before it looks at it', async () => {
    expect(await callVerb({ verbs, log }, 'session.setTitle', { title: 'x'.repeat(1_000_000) })).toMatchObject({ ok: false })
    let deep: unknown = 1
    for (let level = 0; level < 50; level++) deep = [deep]
    expect(estimateBytes(deep, 1_000)).toBeGreaterThan(1_000)
    expect(estimateBytes({ type: 'ready', list: [1, 2, { a: 'b' }] }, 1_000)).toBeLessThan(300)
  })

  it('turns a bug of a handler into an answer', async () => {
    const broken = new Proxy({}, { get: () => () => Promise.reject(new Error('bug')) }) as never
    expect(await callVerb({ verbs: broken, log }, 'state.get', undefined)).toMatchObject({ ok: false, error: { code: 'internal' } })
  })
})

describe('the log', () => {
  it.each([
    ['rtmp://push.example.com/live/room-77?txSecret=0a1b2c&txTime=5C271099', ['room-77', '0a1b2c', '5C271099']],
    ['connects to rtmps://h:443/app/streamkey-abc now', ['streamkey-abc']],
    [
      '{"userSig":"eJyrVgrxCdYrSy1SslIy0jNQ0gHzM1NS80oy0zLBwonFKZkpUMXFKdmJBQWZKUpWhiYGBsYWJoYGEJnUioLMolSguKmpqZGBgQFEtCQzFyxmZmxqYWloZAkA"}',
      ['eJyrVgrxCdYrSy1SslIy0jNQ'],
    ],
    ['Authorization: Bearer abc.def.ghi', ['abc.def.ghi']],
    ['usersig eJyrVgrxCdYrSy1SslIy0jNQ0gHzM1NS80oy0zLBwonFKZkpUMXFKdmJBQWZKUpWhiYGBsYWJoYGEJnUioLMolSguKmpqZGBgQFEtCQzFyxmZmxqYWloZAkA', ['eJyrVgrxCdYrSy1S']],
    ['call +86 13812345678 please', ['13812345678']],
    ['key=topsecret&x=1 password: hunter22', ['topsecret', 'hunter22']],
  ])('hides secrets in %s', (line, secrets) => {
    const clean = redact(line)
    for (const secret of secrets) expect(clean).not.toContain(secret)
  })

  it('leaves the rest alone', () => {
    expect(redact('{"level":30,"time":"2026-11-24T13:34:15.187Z","msg":"session live"}')).toBe(
      '{"level":30,"time":"2026-11-24T13:34:15.187Z","msg":"session live"}',
    )
  })
})
