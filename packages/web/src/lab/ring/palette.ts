import { colour } from '../../common/use-scheme.ts'

/** Colours of the style sheet, in the form that a canvas takes. */
export interface Palette {
  readonly ink: string
  readonly muted: string
  readonly panel: string
  readonly line: string
  readonly accent: string
  readonly good: string
  readonly bad: string
  readonly warn: string
}

/** Reads the present colours of the style sheet. */
export function paletteNow(): Palette {
  return {
    ink: colour('--ink'),
    muted: colour('--muted'),
    panel: colour('--panel'),
    line: colour('--line'),
    accent: colour('--accent'),
    good: colour('--good'),
    bad: colour('--bad'),
    warn: colour('--warn')
  }
}
