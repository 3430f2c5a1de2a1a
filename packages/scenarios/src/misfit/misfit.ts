import type { Path } from '@hushgrid/primitives'

/** Place that is wrong, and what was expected there; `got` replaces what the file has there in the message. */
export interface Misfit {
  readonly path: Path
  readonly expected: string
  readonly got?: string
  /** True where the key itself is wrong, whatever its value. */
  readonly unknownKey?: boolean
  /** True where nothing stands there. */
  readonly absent?: boolean
}
