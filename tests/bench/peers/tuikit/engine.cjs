/**
 * In the place of the kit's engine, which needs Tencent's cloud: it is ready, emits what the bench emits, and takes every other call
 * without doing anything. CommonJS, so that each of the many names that the kit imports is there.
 */
const listeners = new Map()
const instance = new Proxy(
  {
    on: (event, listener) => listeners.set(event, [...(listeners.get(event) ?? []), listener]),
    off: (event, listener) =>
      listeners.set(
        event,
        (listeners.get(event) ?? []).filter((one) => one !== listener),
      ),
    emit: (event, value) => (listeners.get(event) ?? []).forEach((listener) => listener(value)),
  },
  { get: (own, name) => own[name] ?? anything() },
)
/** Can be called, constructed and asked for anything; as a text it is its own name. */
function anything(name = '') {
  return new Proxy(function () {}, {
    get: (_, key) => {
      if (key === Symbol.toPrimitive) return () => name
      if (key === 'then') return undefined
      return anything(String(key))
    },
    apply: () => anything(),
    construct: () => anything(),
  })
}
const engine = new Proxy(
  { once: (event, listener) => event === 'ready' && queueMicrotask(listener), getInstance: () => instance },
  { get: (own, name) => own[name] ?? anything(String(name)) },
)
const events = new Proxy({}, { get: (_, name) => String(name) })

module.exports = new Proxy({ __esModule: true, default: engine, instance, TUIRoomEvents: events }, { get: (own, name) => own[name] ?? anything(String(name)) })
