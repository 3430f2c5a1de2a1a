// A figure before it is drawn: its panels, and how they change with the width.
import type { TopLevelSpec } from 'vega-lite'
import type { Width } from './look.ts'

/** A panel as Vega-Lite has it. */
export type Panel = Extract<TopLevelSpec, { readonly hconcat: unknown }>['hconcat'][number]

/** Place of a panel, for the parts that only some panels of a row show. */
export interface Place {
  /** Width of the panel inside its axes, points. */
  readonly width: number
  /** Column in the figure, from 0. */
  readonly column: number
}

export type PanelMaker = (place: Place) => Panel

export interface FigurePlan {
  /** Name of the files. */
  readonly name: string
  /** What it shows, for who cannot see it. */
  readonly alt: string
  readonly panels: readonly PanelMaker[]
  /** Title of the vertical axis that all panels share, above them. */
  readonly valueTitle?: string
  /** Panels beside each other at each width. */
  readonly columns: Readonly<Record<Width, number>>
}
