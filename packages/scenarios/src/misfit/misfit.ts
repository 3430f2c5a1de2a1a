/** Where in a scenario something stands: keys and indexes from its root. */
export type Path = readonly (string | number)[]

/** A place that is wrong, and what was expected there; what stands there unless `got` says it. */
export interface Misfit {
  readonly path: Path
  readonly expected: string
  readonly got?: string
  /** The key itself is wrong, whatever its value. */
  readonly unknownKey?: boolean
  /** Nothing stands there. */
  readonly absent?: boolean
}
