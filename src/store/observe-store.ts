import type { Store } from './store.ts'

/** Hears of every call of a store and of its `sharing`, once it has ended. */
export interface StoreObserver {
  answered(method: string, durationMs: number, answer: unknown): void
  failed(method: string, error: unknown, durationMs: number): void
}

/** The same store, with somebody who hears how its calls end. Nothing is changed or held up. */
export function observeStore(store: Store, observer: StoreObserver): Store {
  const sharing = store.sharing === undefined ? undefined : observeCalls(store.sharing, observer)
  const observed = observeCalls(store, observer)
  return sharing === undefined
    ? observed
    : new Proxy(observed, {
        get: (target, key) => (key === 'sharing' ? sharing : Reflect.get(target, key)),
      })
}

function observeCalls<Target extends object>(target: Target, observer: StoreObserver): Target {
  const methods = new Map<string | symbol, unknown>()
  return new Proxy(target, {
    get: (_target, key) => {
      const known = methods.get(key)
      if (known !== undefined) return known
      // Of the target itself: its private fields are not the proxy's.
      const value: unknown = Reflect.get(target, key)
      if (typeof value !== 'function') return value
      const method = observeMethod(target, String(key), value, observer)
      methods.set(key, method)
      return method
    },
  })
}

function observeMethod(target: object, name: string, method: Function, observer: StoreObserver) {
  return (...args: readonly unknown[]): unknown => {
    const begunAt = performance.now()
    const answer: unknown = Reflect.apply(method, target, args)
    if (answer instanceof Promise) {
      answer.then(
        (value: unknown) => observer.answered(name, performance.now() - begunAt, value),
        (error: unknown) => observer.failed(name, error, performance.now() - begunAt),
      )
    }
    return answer
  }
}
