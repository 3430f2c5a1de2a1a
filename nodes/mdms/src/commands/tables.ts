// How commands print: plain tables for people, CSV and JSON with whole numbers for programs.
import { quantityOf } from '@hushgrid/primitives'

/** A cell: numbers stand to the right. Undefined is something that there is not. */
export type Cell = string | number | bigint | undefined

/** A table as it is printed to people: columns wide enough, two spaces apart, numbers to the right. */
export function tableText(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const texts = [columns, ...rows.map(row => row.map(cell => (cell === undefined ? '-' : String(cell))))]
  const widths = columns.map((_, i) => Math.max(...texts.map(row => row[i]?.length ?? 0)))
  const numeric = columns.map((_, i) => rows.every(row => row[i] === undefined || isNumber(row[i])))
  const line = (row: readonly string[]): string =>
    row.map((text, i) => (numeric[i] ? text.padStart(widths[i] as number) : text.padEnd(widths[i] as number))).join('  ')
  return texts.map(row => `${line(row).trimEnd()}\n`).join('')
}

function isNumber(cell: Cell): boolean {
  return typeof cell === 'number' || typeof cell === 'bigint' || /^-?\d+(\.\d+)?( %)?$/.test(String(cell))
}

export function printTable(columns: readonly string[], rows: readonly (readonly Cell[])[]): void {
  process.stdout.write(tableText(columns, rows))
}

/** CSV as RFC 4180 has it, but for lines that end in LF; what there is not is empty. */
export function csvText(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [columns, ...rows].map(row => `${row.map(cell => quoted(cell === undefined ? '' : String(cell))).join(',')}\n`).join('')
}

function quoted(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** One JSON value; bigints are whole numbers in it, up to 2^53 − 1, byte strings hexadecimal. */
export function jsonText(value: unknown): string {
  const plain = (_: string, each: unknown): unknown => {
    // Text where a program would not read it exactly.
    if (typeof each === 'bigint') return Number.isSafeInteger(Number(each)) ? Number(each) : String(each)
    return each instanceof Uint8Array ? Buffer.from(each).toString('hex') : each
  }
  return `${JSON.stringify(value, plain, 2)}\n`
}

export function printJson(value: unknown): void {
  process.stdout.write(jsonText(value))
}

/** Wh as people read it: kWh with three decimals, exact. */
export function kilowattHours(wattHours: bigint | number): string {
  const exact = typeof wattHours === 'bigint' ? wattHours : BigInt(Math.round(wattHours))
  const digits = String(exact < 0n ? -exact : exact).padStart(4, '0')
  return `${exact < 0n ? '-' : ''}${digits.slice(0, -3)}.${digits.slice(-3)}`
}

/** The heading of a lane's column, and how its values are shown to people. */
export function laneColumn(lane: string): { readonly heading: string; readonly show: (value: bigint | number) => string } {
  const quantity = quantityOf(lane)
  if (quantity) return { heading: `${quantity.name} ${quantity.shownUnit}`, show: kilowattHours }
  // In the lane's own unit.
  return { heading: lane, show: value => String(typeof value === 'bigint' ? value : Math.round(value)) }
}

/** A moment in UTC, ISO 8601, as programs read it. */
export function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('.000Z', 'Z')
}

/** A moment in UTC as people read it; seconds where there are any. */
export function moment(milliseconds: number): string {
  const text = instant(milliseconds).replace('T', ' ').replace('Z', '')
  return text.endsWith(':00') ? text.slice(0, -3) : text
}

/** A part of a whole in percent, with one decimal. */
export function percent(part: number | undefined): string | undefined {
  return part === undefined ? undefined : `${(100 * part).toFixed(1)} %`
}
