import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { colour, useScheme } from '../../common/use-scheme.ts'

const BITS = 64
const ROWS = 32
const CELL = 4
const DOT = 3

export interface BitRasterProps {
  /** Values of the last slots, in order; null where there is none. */
  readonly values: readonly (bigint | null)[]
  /** Description of the picture, for those who do not see it. */
  readonly label: string
}

/** Draws a row a slot, a column a bit, the newest slot at the bottom: readings leave most of it empty, noise fills half of it. */
export function BitRaster({ values, label }: BitRasterProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null)
  const scheme = useScheme()
  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (!context) return
    const rows = values.slice(-ROWS)
    context.clearRect(0, 0, BITS * CELL, ROWS * CELL)
    for (const [shade, one] of [
      [colour('--line'), false],
      [colour('--ink'), true]
    ] as const) {
      context.fillStyle = shade
      rows.forEach((value, i) => {
        if (value !== null) paintRow(context, value, ROWS - rows.length + i, one)
      })
    }
  }, [values, scheme])
  return <canvas ref={canvas} class="raster" width={BITS * CELL} height={ROWS * CELL} role="img" aria-label={label} />
}

function paintRow(context: CanvasRenderingContext2D, value: bigint, row: number, one: boolean): void {
  const bits = BigInt.asUintN(BITS, value).toString(2).padStart(BITS, '0')
  for (let i = 0; i < BITS; i++) {
    if ((bits[i] === '1') === one) context.fillRect(i * CELL, row * CELL, DOT, DOT)
  }
}
