import type { Notice } from '../sharing.ts'

interface Listener {
  readonly owner: object
  readonly hear: (notice: Notice) => void
}

/** Brings notices from one store to the listeners of the others, after whatever runs now. */
export class MemoryNotices {
  readonly #listeners = new Set<Listener>()

  announce(owner: object, notice: Notice): void {
    const text = JSON.stringify(notice)
    for (const listener of this.#listeners) {
      if (listener.owner === owner) continue
      queueMicrotask(() => {
        if (this.#listeners.has(listener)) listener.hear(JSON.parse(text))
      })
    }
  }

  listen(owner: object, hear: Listener['hear']): () => void {
    const listener = { owner, hear }
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Ends all listening of an owner. */
  end(owner: object): void {
    for (const listener of this.#listeners) {
      if (listener.owner === owner) this.#listeners.delete(listener)
    }
  }
}
