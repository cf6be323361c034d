/**
 * Aho–Corasick over numbers: finds all patterns in one pass, whatever their number (A. V. Aho, M. J. Corasick, “Efficient string
 * matching”, CACM 18(6), 1975). The alphabet is all of Unicode and nearly all nodes have one child, so the edges stand in one hash
 * table in a flat array; a `Map` with numbers as keys took ten times as long.
 */
export class AhoCorasick {
  /** Code → its number in the alphabet of the patterns, from 1; any other code cannot go on from anywhere. */
  readonly #alphabet = new Alphabet()
  /** Edges, four numbers each, so that one line of the processor's cache has all of one: from node (-1 = free place), letter, to node, nothing. */
  readonly #edges: Int32Array
  /** Places for edges, a power of two, less one. */
  readonly #lastPlace: number
  /** By node: the longest proper suffix that is a node too. */
  readonly #fail: Int32Array
  /** By node: the pattern that ends here; -1 = none. */
  readonly #pattern: Int32Array
  /** By node: the next node on the way of `#fail` at which a pattern ends; 0 = none. */
  readonly #shorter: Int32Array
  readonly #depth: Int32Array
  /** By letter: where it leads from the root; most of a text's letters are asked for there. */
  readonly #root: Int32Array

  /** @param patterns of two equal ones the later stands; empty ones are never found */
  constructor(patterns: readonly (readonly number[])[]) {
    const most = patterns.reduce((sum, pattern) => sum + pattern.length, 1)
    const places = 2 ** Math.ceil(Math.log2(most * 2))
    this.#edges = new Int32Array(places * 4).fill(-1)
    this.#lastPlace = places - 1
    this.#fail = new Int32Array(most)
    this.#pattern = new Int32Array(most).fill(-1)
    this.#shorter = new Int32Array(most)
    this.#depth = new Int32Array(most)
    const parents = new Int32Array(most)
    const letters = new Int32Array(most)
    let nodes = 1
    patterns.forEach((pattern, index) => {
      let node = 0
      for (const code of pattern) {
        const letter = this.#alphabet.add(code)
        const place = this.#place(node, letter)
        if (this.#edges[place] === -1) {
          this.#edges[place] = node
          this.#edges[place + 1] = letter
          this.#edges[place + 2] = nodes
          this.#depth[nodes] = (this.#depth[node] ?? 0) + 1
          parents[nodes] = node
          letters[nodes] = letter
          nodes += 1
        }
        node = this.#edges[place + 2] ?? 0
      }
      if (node !== 0) this.#pattern[node] = index
    })
    this.#root = new Int32Array(this.#alphabet.size + 1)
    for (let letter = 1; letter < this.#root.length; letter += 1) {
      const place = this.#place(0, letter)
      if (this.#edges[place] !== -1) this.#root[letter] = this.#edges[place + 2] ?? 0
    }
    const byDepth = Array.from({ length: nodes - 1 }, (_, at) => at + 1).sort((a, b) => (this.#depth[a] ?? 0) - (this.#depth[b] ?? 0))
    for (const node of byDepth) {
      const parent = parents[node] ?? 0
      const fail = parent === 0 ? 0 : this.#next(this.#fail[parent] ?? 0, letters[node] ?? 0)
      this.#fail[node] = fail
      this.#shorter[node] = (this.#pattern[fail] ?? -1) >= 0 ? fail : (this.#shorter[fail] ?? 0)
    }
  }

  /** Calls for every occurrence, overlapping ones too. @param onHit gets the pattern's index and the range [from, to) in `codes` */
  scan(codes: ArrayLike<number>, onHit: (pattern: number, from: number, to: number) => void, length = codes.length): void {
    let node = 0
    for (let at = 0; at < length; at += 1) {
      const letter = this.#alphabet.of(codes[at] ?? 0)
      if (letter === 0) {
        node = 0
        continue
      }
      node = this.#next(node, letter)
      let end = (this.#pattern[node] ?? -1) >= 0 ? node : (this.#shorter[node] ?? 0)
      while (end !== 0) {
        onHit(this.#pattern[end] ?? -1, at + 1 - (this.#depth[end] ?? 0), at + 1)
        end = this.#shorter[end] ?? 0
      }
    }
  }

  #next(start: number, letter: number): number {
    for (let node = start; node !== 0; node = this.#fail[node] ?? 0) {
      const place = this.#place(node, letter)
      if (this.#edges[place] !== -1) return this.#edges[place + 2] ?? 0
    }
    return this.#root[letter] ?? 0
  }

  /** Where the edge begins, or the free place where it would. */
  #place(node: number, letter: number): number {
    const edges = this.#edges
    const last = this.#lastPlace
    const mixed = (Math.imul(node, 0x9e3779b1) ^ Math.imul(letter, 0x85ebca6b)) >>> 0
    let place = (mixed ^ (mixed >>> 15)) & last
    while (edges[place * 4] !== -1 && (edges[place * 4] !== node || edges[place * 4 + 1] !== letter)) place = (place + 1) & last
    return place * 4
  }
}

/** Numbers the codes that occur, from 1. Those of the Basic Multilingual Plane, nearly all, by a flat table. */
class Alphabet {
  readonly #low = new Int32Array(0x10000)
  readonly #high = new Map<number, number>()
  #size = 0

  get size(): number {
    return this.#size
  }

  /** @returns 0 = does not occur */
  of(code: number): number {
    return code < 0x10000 ? (this.#low[code] ?? 0) : (this.#high.get(code) ?? 0)
  }

  add(code: number): number {
    const known = this.of(code)
    if (known !== 0) return known
    this.#size += 1
    if (code < 0x10000) this.#low[code] = this.#size
    else this.#high.set(code, this.#size)
    return this.#size
  }
}
