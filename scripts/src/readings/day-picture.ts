// A picture of a mean day, for the terminal.

const BLOCKS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']
const HEIGHT = 8
const WIDEST = 70

/**
 * Draws the mean of each part of a day as bars: eight rows, an axis in kWh at the left, the hours below. At most 80 columns.
 *
 * @param means - Wh of each slot of a day from midnight on, NaN where there is none
 */
export function dayPicture(means: readonly number[], slotSeconds: number): string[] {
  const merged = Math.ceil(means.length / WIDEST)
  const bars = Array.from({ length: Math.ceil(means.length / merged) }, (_, i) => mean(means.slice(i * merged, (i + 1) * merged)))
  const most = Math.max(...bars.filter(bar => !Number.isNaN(bar)), 0)
  const scale = most === 0 ? 0 : (HEIGHT * 8) / most
  // Four digits that count, six columns wide.
  const decimals = most >= 10_000 ? 1 : most >= 10 || most === 0 ? 3 : 4
  const kWh = (wattHours: number): string => (wattHours / 1000).toFixed(decimals).padStart(6)
  const rows = Array.from({ length: HEIGHT }, (_, row) => {
    const below = (HEIGHT - 1 - row) * 8
    const cells = bars.map(bar => (Number.isNaN(bar) ? '·' : (BLOCKS[Math.max(0, Math.min(8, Math.round(bar * scale) - below))] as string)))
    const axis = row === 0 ? kWh(most) : row === HEIGHT - 1 ? kWh(0) : ' '.repeat(6)
    return `${axis} │${cells.join('')}`.trimEnd()
  })
  return [...rows, `${' '.repeat(6)} └${'─'.repeat(bars.length)}`, hours(bars.length, slotSeconds * merged)]
}

function mean(values: readonly number[]): number {
  const present = values.filter(value => !Number.isNaN(value))
  return present.length === 0 ? Number.NaN : present.reduce((sum, value) => sum + value, 0) / present.length
}

/** Writes every third hour under its bar. */
function hours(bars: number, seconds: number): string {
  const line = Array.from({ length: bars + 2 }, () => ' ')
  for (let hour = 0; hour < 24; hour += bars >= 24 ? 3 : 6) {
    const at = Math.round((hour * 3600) / seconds)
    for (const [i, digit] of [...String(hour).padStart(2, '0')].entries()) line[at + i] = digit
  }
  return `${' '.repeat(8)}${line.join('').trimEnd()} h`
}
