// One figure or table of an evaluation, with all that belongs to it, before it is written.
import type { FigurePlan } from '../figures/plan.ts'
import type { ValueTable } from '../tables/table.ts'
import type { Basis } from '../values/basis.ts'
import type { Scene } from '../values/scene.ts'
import type { ExhibitName } from './names.ts'

/** An exhibit made from runs, or from what is known without them. */
export interface Made {
  readonly figures: readonly FigurePlan[]
  readonly tables: readonly ValueTable[]
  /** What it shows and what its values are, as sentences. */
  readonly caption: string
  /** What a reader must know of these runs, a sentence each. */
  readonly remarks: readonly string[]
  /** Why it, or a part of it, is not there. */
  readonly missing?: string
  /** Runs that it is made from; left out where no run is in it. */
  readonly basis?: Basis
  /** What marks and bounds are made of; `own` where the caption says it itself. Runs unless said. */
  readonly bounds?: 'pairs' | 'own'
}

export interface Exhibit {
  readonly name: ExhibitName
  readonly title: string
  readonly make: (scene: Scene) => Made
}

/** An exhibit with its caption and its figures as drawn. */
export interface DrawnExhibit {
  readonly exhibit: Exhibit
  readonly made: Made
  readonly caption: string
  /** Drawings by name, for the report: full width, in colour. */
  readonly svg: ReadonlyMap<string, string>
}

/** An exhibit that is not there, and why. */
export function notThere(caption: string, missing: string): Made {
  return { figures: [], tables: [], caption, remarks: [], missing }
}
