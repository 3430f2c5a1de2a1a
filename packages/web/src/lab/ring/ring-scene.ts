import type { LabMeter, LabState } from '@hushgrid/web-api'
import type { SlotSets } from './ring-marks.ts'

/** What the ring shows. */
export interface RingScene {
  readonly meters: readonly LabMeter[]
  readonly edges: LabState['edges']
  /** The open slot, and who has done what in it. */
  readonly slot: number | undefined
  readonly sets: SlotSets
  /** Without masks all submit to the middle. */
  readonly star: boolean
  readonly aggregatorUp: boolean
  readonly selected: number | undefined
  /** Where the keyboard is; undefined while it is elsewhere. */
  readonly active: number | undefined
  /** The slot that was over last: its number, and how it ended. */
  readonly over: { readonly slot: number; readonly good: boolean } | undefined
}
