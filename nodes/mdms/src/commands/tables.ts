// Output of commands: plain tables for people, CSV and JSON with whole numbers for programs.
import { quantityOf, tableLines } from '@hushgrid/primitives'

/** A cell; numbers are aligned right. Undefined where there is nothing. */
export type Cell = string | number | bigint | undefined

/** Writes a table for people, numbers to the right; one that is too wide comes in parts, each with the first column. */
export function tableText(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const texts = [columns, ...rows.map(row => row.map(cell => (cell === undefined ? '-' : String(cell))))]
  const right = columns.map((_, i) => rows.every(row => row[i] === undefined || isNumber(row[i])))
  return tableLines(texts, { right })
    .map(line => `${line}\n`)
    .join('')
}

function isNumber(cell: Cell): boolean {
  return typeof cell === 'number' || typeof cell === 'bigint' || /^-?\d+(\.\d+)?( %)?$/.test(String(cell))
}

export function printTable(columns: readonly string[], rows: readonly (readonly Cell[])[]): void {
  process.stdout.write(tableText(columns, rows))
}

/** Writes CSV as RFC 4180 has it, with lines that end in LF; undefined cells are empty. */
export function csvText(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [columns, ...rows].map(row => `${row.map(cell => quoted(cell === undefined ? '' : String(cell))).join(',')}\n`).join('')
}

function quoted(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Writes one JSON value: bigints as whole numbers up to 2^53 − 1, byte strings in hexadecimal. */
export function jsonText(value: unknown): string {
  const plain = (_: string, each: unknown): unknown => {
    // Writes text where a program would not read the number exactly.
    if (typeof each === 'bigint') return Number.isSafeInteger(Number(each)) ? Number(each) : String(each)
    return each instanceof Uint8Array ? Buffer.from(each).toString('hex') : each
  }
  return `${JSON.stringify(value, plain, 2)}\n`
}

export function printJson(value: unknown): void {
  process.stdout.write(jsonText(value))
}

/** Writes Wh for people: kWh with three decimals, exact. */
export function kilowattHours(wattHours: bigint | number): string {
  const exact = typeof wattHours === 'bigint' ? wattHours : BigInt(Math.round(wattHours))
  const digits = String(exact < 0n ? -exact : exact).padStart(4, '0')
  return `${exact < 0n ? '-' : ''}${digits.slice(0, -3)}.${digits.slice(-3)}`
}

/** Gives the heading of a lane's column, and the form of its values for people. */
export function laneColumn(lane: string): { readonly heading: string; readonly show: (value: bigint | number) => string } {
  const quantity = quantityOf(lane)
  if (quantity) return { heading: `${quantity.name} ${quantity.shownUnit}`, show: kilowattHours }
  // Shows values in the lane's own unit.
  return { heading: lane, show: value => String(typeof value === 'bigint' ? value : Math.round(value)) }
}

/** Writes a moment in UTC for programs, ISO 8601. */
export function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('.000Z', 'Z')
}

/** Writes a moment in UTC for people; with seconds where there are any. */
export function moment(milliseconds: number): string {
  const text = instant(milliseconds).replace('T', ' ').replace('Z', '')
  return text.endsWith(':00') ? text.slice(0, -3) : text
}

/** Writes a part of a whole in percent, with one decimal. */
export function percent(part: number | undefined): string | undefined {
  return part === undefined ? undefined : `${(100 * part).toFixed(1)} %`
}
