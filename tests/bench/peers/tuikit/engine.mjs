/** In the place of the kit's engine, which needs Tencent's cloud: it is ready, emits what the bench emits, and takes every other call without doing anything. */
const listeners = new Map()
const of = (event) => listeners.get(event) ?? []

const own = {
  on: (event, listener) => listeners.set(event, [...of(event), listener]),
  off: (event, listener) =>
    listeners.set(
      event,
      of(event).filter((one) => one !== listener),
    ),
  emit: (event, value) => of(event).forEach((listener) => listener(value)),
}
export const instance = new Proxy(own, { get: (_, name) => own[name] ?? anything(String(name)) })

/** Can be called, constructed and asked for anything; as a text it is its own name. */
export function anything(name) {
  return new Proxy(function () {}, {
    get: (_, key) => {
      if (key === Symbol.toPrimitive) return () => name
      return key === 'then' ? undefined : anything(String(key))
    },
    apply: () => anything(name),
    construct: () => anything(name),
  })
}
const engine = { once: (event, listener) => event === 'ready' && queueMicrotask(listener), getInstance: () => instance }
export const TUIRoomEvents = new Proxy({}, { get: (_, name) => String(name) })
export default new Proxy(engine, { get: (_, name) => engine[name] ?? anything(String(name)) })
