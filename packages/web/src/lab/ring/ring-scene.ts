import type { LabMeter, LabState } from '@hushgrid/web-api'
import type { SlotSets } from './ring-marks.ts'

/** Content of the ring. */
export interface RingScene {
  readonly meters: readonly LabMeter[]
  readonly edges: LabState['edges']
  /** Number of the open slot; `sets` has its households by what they did in it. */
  readonly slot: number | undefined
  readonly sets: SlotSets
  /** True where all submit to the middle, without masks. */
  readonly star: boolean
  readonly aggregatorUp: boolean
  readonly selected: number | undefined
  /** Household where the keyboard is; undefined while it is elsewhere. */
  readonly active: number | undefined
  /** Last slot that is over: its number, and its outcome. */
  readonly over: { readonly slot: number; readonly good: boolean } | undefined
}
