/**
 * The strongly connected components of a graph, by Tarjan's algorithm without recursion: in one
 * component every node reaches every other. A component comes after all those that it leads to.
 */
export function componentsOf(
  ids: Iterable<string>,
  successors: (id: string) => readonly string[],
): readonly (readonly string[])[] {
  const search = new ComponentSearch(successors)
  for (const id of ids) search.visit(id)
  return search.components
}

interface Frame {
  readonly id: string
  readonly successors: readonly string[]
  next: number
}

class ComponentSearch {
  readonly components: string[][] = []
  readonly #successors: (id: string) => readonly string[]
  readonly #order = new Map<string, number>()
  /** The earliest node, by order of visit, known to be reached from a node. */
  readonly #lowest = new Map<string, number>()
  readonly #path: string[] = []
  readonly #onPath = new Set<string>()

  constructor(successors: (id: string) => readonly string[]) {
    this.#successors = successors
  }

  visit(start: string): void {
    if (this.#order.has(start)) return
    const frames = [this.#enter(start)]
    for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
      const next = frame.successors[frame.next]
      frame.next += 1
      if (next === undefined) {
        frames.pop()
        this.#leave(frame.id)
        const parent = frames.at(-1)
        if (parent !== undefined) this.#lower(parent.id, this.#lowest.get(frame.id))
      } else if (!this.#order.has(next)) {
        frames.push(this.#enter(next))
      } else if (this.#onPath.has(next)) {
        this.#lower(frame.id, this.#order.get(next))
      }
    }
  }

  #enter(id: string): Frame {
    const order = this.#order.size
    this.#order.set(id, order)
    this.#lowest.set(id, order)
    this.#path.push(id)
    this.#onPath.add(id)
    return { id, successors: this.#successors(id), next: 0 }
  }

  #lower(id: string, order: number | undefined): void {
    const before = this.#lowest.get(id)
    if (order !== undefined && before !== undefined && order < before) this.#lowest.set(id, order)
  }

  /** The first visited node of a component takes the component off the path. */
  #leave(id: string): void {
    if (this.#lowest.get(id) !== this.#order.get(id)) return
    const component = this.#path.splice(this.#path.lastIndexOf(id))
    for (const inside of component) this.#onPath.delete(inside)
    this.components.push(component)
  }
}
