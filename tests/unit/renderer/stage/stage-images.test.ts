import { describe, expect, it } from 'vitest'
import { StageImages } from '../../../../renderer/stage/stage-images'
import { image, sceneOf } from './program/fakes'

function setUp() {
  const fetching: { asset: string; done: (file: Blob) => void; fail: (error: Error) => void }[] = []
  const shown: Blob[] = []
  const images = new StageImages({
    fetch: (asset) => new Promise((done, fail) => fetching.push({ asset, done, fail })),
    onImage: (_, file) => shown.push(file),
    onChange: () => undefined,
  })
  return { images, fetching, shown }
}

const [A, B] = ['aaaaaaaaaaaaaaaa.png', 'bbbbbbbbbbbbbbbb.png']
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('StageImages', () => {
  it('fetches each file once, however often the scene is said', async () => {
    const { images, fetching } = setUp()
    images.setScene(sceneOf(image('i')))
    images.setScene(sceneOf({ ...image('i'), name: 'other name' }))
    await settled()
    expect(fetching).toHaveLength(1)
    expect(images.statuses()).toMatchObject({ i: { state: 'active' } })
  })

  it('the newest file wins, whichever is here first', async () => {
    const { images, fetching, shown } = setUp()
    images.setScene(sceneOf({ ...image('i'), asset: A }))
    images.setScene(sceneOf({ ...image('i'), asset: B }))
    const newer = new Blob(['b'])
    fetching[1]?.done(newer)
    fetching[0]?.done(new Blob(['a']))
    await settled()
    expect(shown).toEqual([newer])
  })

  it('an older one that is not there says nothing about the newer', async () => {
    const { images, fetching } = setUp()
    images.setScene(sceneOf({ ...image('i'), asset: A }))
    images.setScene(sceneOf({ ...image('i'), asset: B }))
    fetching[0]?.fail(new TypeError('not found'))
    await settled()
    expect(images.statuses()['i']?.state).toBe('active')
    fetching[1]?.fail(new TypeError('not found'))
    await settled()
    expect(images.statuses()['i']).toMatchObject({ state: 'failed', error: { code: 'source.image-unreadable' } })
  })

  it('a source that is removed is not shown', async () => {
    const { images, fetching, shown } = setUp()
    images.setScene(sceneOf(image('i')))
    images.setScene(sceneOf())
    fetching[0]?.done(new Blob())
    await settled()
    expect(shown).toEqual([])
    expect(images.statuses()).toEqual({})
  })
})
