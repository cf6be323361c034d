/** One of a list as it is shown: `gone` = it is not in the list any more, and its place is kept. */
export interface Kept<T> {
  readonly item: T
  readonly gone: boolean
}

/**
 * A list under a pointer or the focus keeps its places: what went is marked, what is new comes after. Otherwise it is the list itself. Pure.
 * @param idOf what makes two of them the same
 */
export function keptList<T>(before: readonly Kept<T>[], now: readonly T[], held: boolean, idOf: (item: T) => string): readonly Kept<T>[] {
  if (!held) return now.map((item) => ({ item, gone: false }))
  const known = new Set(before.map(({ item }) => idOf(item)))
  const kept = before.map(({ item }) => {
    const present = now.find((one) => idOf(one) === idOf(item))
    return { item: present ?? item, gone: present === undefined }
  })
  return [...kept, ...now.filter((one) => !known.has(idOf(one))).map((item) => ({ item, gone: false }))]
}
