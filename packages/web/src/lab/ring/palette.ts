import { colour } from '../../common/use-scheme.ts'

/** The style sheet's colours, as a canvas takes them. */
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

/** The style sheet's colours as they are now. */
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
