/** A reactive value for tests. */
export function state<T>(first: T): { value: T } {
  let value = $state.raw(first)
  return {
    get value() {
      return value
    },
    set value(to: T) {
      value = to
    },
  }
}
